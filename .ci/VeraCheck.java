import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates PDF files with the veraPDF engine.
 *
 * <p>usage: VeraCheck FLAVOUR[,FLAVOUR...] FILE... with flavours such as ua1, 2a or 3a. Prints one line for each file and
 * flavour, below it each broken rule once with an example and a count. Exit code 0 if everything conforms, 1 if not,
 * 2 for a call that makes no sense.
 */
public final class VeraCheck {
  /** As many failed assertions as are kept of one file; enough to see each rule that is broken. */
  private static final int FAILURES_KEPT = 200;

  public static void main(String[] arguments) {
    if (arguments.length < 2) {
      System.err.println("usage: VeraCheck FLAVOUR[,FLAVOUR...] FILE...");
      System.exit(2);
    }
    VeraGreenfieldFoundryProvider.initialise();
    List<PDFAFlavour> flavours = new ArrayList<>();
    for (String name : arguments[0].split(",")) {
      PDFAFlavour flavour = PDFAFlavour.fromString(name);
      if (flavour == PDFAFlavour.NO_FLAVOUR) {
        System.err.println("unknown flavour: " + name);
        System.exit(2);
      }
      flavours.add(flavour);
    }
    int broken = 0;
    for (int i = 1; i < arguments.length; i++) {
      for (PDFAFlavour flavour : flavours) {
        if (!conforms(arguments[i], flavour)) {
          broken++;
        }
      }
    }
    System.exit(broken == 0 ? 0 : 1);
  }

  /** Validates one file against one flavour and prints the result. A file that cannot be read does not conform. */
  private static boolean conforms(String file, PDFAFlavour flavour) {
    try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, FAILURES_KEPT, false, false, false)) {
      ValidationResult result = validator.validate(parser);
      System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + flavour.getId() + " " + file);
      Map<String, List<String>> failures = new LinkedHashMap<>();
      for (TestAssertion assertion : result.getTestAssertions()) {
        if (assertion.getStatus() == TestAssertion.Status.FAILED) {
          String rule = assertion.getRuleId().getClause() + " test " + assertion.getRuleId().getTestNumber();
          String place = assertion.getLocation() == null ? "" : " at " + assertion.getLocation().getContext();
          failures.computeIfAbsent(rule, r -> new ArrayList<>()).add(assertion.getMessage() + place);
        }
      }
      failures.forEach((rule, places) -> System.out.println("    " + rule + " (" + places.size() + "): " + places.get(0).replaceAll("\\s+", " ")));
      return result.isCompliant();
    } catch (Exception error) {
      System.out.println("FAIL " + flavour.getId() + " " + file + ": " + error);
      return false;
    }
  }
}
