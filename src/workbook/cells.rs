//! One sheet, filled cell by cell from left to right.
//!
//! Owns formats, links and print set-up. Refuses formulas: there is no way to write one.

use rust_xlsxwriter::{
    Color, ConditionalFormatText, ConditionalFormatTextRule, DataValidation, Format, FormatAlign,
    FormatBorder, Url, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

/// The most characters of a text that are written: a cell holds 32,767, of which some count twice.
const MAX_LENGTH: usize = 16_000;
/// The longest link that is made.
const MAX_LINK: usize = 1_000;
/// The height of a line, and the greatest height that a row can have, in points.
const LINE: f64 = 15.0;
const TALLEST: f64 = 405.0;
/// ISO A4, as the file format numbers paper.
const A4: u8 = 9;

/// A column: its heading and its width in characters.
pub(super) struct Column<'a> {
    heading: &'a str,
    width: f64,
}

/// Makes a column.
pub(super) const fn column(heading: &str, width: f64) -> Column<'_> {
    Column { heading, width }
}

/// How cells look.
pub(super) struct Formats {
    header: Format,
    plain: Format,
    group: Format,
    link: Format,
    met: Format,
    partly_met: Format,
    missing: Format,
}

impl Formats {
    /// Makes all formats.
    pub(super) fn new() -> Self {
        let line = Color::RGB(0x00BF_C5CC);
        let plain = Format::new()
            .set_align(FormatAlign::Top)
            .set_text_wrap()
            .set_border(FormatBorder::Thin)
            .set_border_color(line);
        let dark = Color::RGB(0x001F_2A37);
        let filled = |fill: u32, ink: u32| {
            plain.clone().set_background_color(Color::RGB(fill)).set_font_color(Color::RGB(ink)).set_bold()
        };
        Self {
            header: plain.clone().set_background_color(dark).set_font_color(Color::White).set_bold(),
            group: plain.clone().set_background_color(Color::RGB(0x00EE_F1F5)).set_bold(),
            link: plain
                .clone()
                .set_font_color(Color::RGB(0x000B_4F9E))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            met: filled(0x00D3_EBD3, 0x0014_532D),
            partly_met: filled(0x00FD_E7B0, 0x005C_3B00),
            missing: filled(0x00F9_D0CC, 0x007A_1410),
            plain,
        }
    }
}

/// A sheet that is being filled.
pub(super) struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    widths: Vec<f64>,
    lines: usize,
    row: u32,
    column: u16,
    is_group: bool,
}

impl<'a> Sheet<'a> {
    /// Adds a sheet with its header and print set-up.
    pub(super) fn open(
        workbook: &'a mut Workbook,
        formats: &'a Formats,
        name: &str,
        columns: &[Column<'_>],
    ) -> Result<Self, XlsxError> {
        Self::on(workbook.add_worksheet(), formats, name, columns)
    }

    /// Gives an empty sheet its name, header and print set-up. Rows are written one after the other, so the
    /// sheet may be one that forgets them.
    pub(super) fn on(
        sheet: &'a mut Worksheet,
        formats: &'a Formats,
        name: &str,
        columns: &[Column<'_>],
    ) -> Result<Self, XlsxError> {
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&A&RPage &P of &N");
        sheet.set_repeat_rows(0, 0)?.set_freeze_panes(1, 1)?;
        let widths = columns.iter().map(|c| c.width).collect();
        let mut sheet = Self { sheet, formats, widths, lines: 1, row: 0, column: 0, is_group: false };
        for column in columns {
            sheet.sheet.set_column_width(sheet.column, column.width)?;
            sheet.write(column.heading, &formats.header)?;
        }
        sheet.end()?;
        Ok(sheet)
    }

    /// Begins the next row; a row that sums up others stands out.
    pub(super) fn begin(&mut self, is_group: bool) -> Result<(), XlsxError> {
        self.end()?;
        self.row += 1;
        self.column = 0;
        self.lines = 1;
        self.is_group = is_group;
        Ok(())
    }

    /// Makes the row as tall as its texts: not every program does so by itself.
    fn end(&mut self) -> Result<(), XlsxError> {
        if self.lines > 1 {
            self.sheet.set_row_height(self.row, (self.lines as f64 * LINE).min(TALLEST))?;
        }
        Ok(())
    }

    /// Notes how many lines a text takes in the column that is next.
    fn measure(&mut self, text: &str) {
        let width = self.widths.get(usize::from(self.column)).map_or(1, |w| (*w as usize).max(1));
        let lines = text.lines().map(|line| line.chars().count().div_ceil(width).max(1)).sum();
        self.lines = self.lines.max(lines);
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let format = self.format();
        self.write(text, format)
    }

    /// Writes a status: its word on its fill.
    pub(super) fn status(&mut self, code: &str, word: &str) -> Result<(), XlsxError> {
        let format = match code {
            "met" => &self.formats.met,
            "partly_met" => &self.formats.partly_met,
            "missing" => &self.formats.missing,
            _ => self.format(),
        };
        self.write(word, format)
    }

    /// Writes a number; blank when there is none.
    pub(super) fn number(&mut self, number: Option<&Value>) -> Result<(), XlsxError> {
        let format = self.format();
        match number.and_then(Value::as_f64) {
            Some(number) => self.sheet.write_number_with_format(self.row, self.column, number, format)?,
            None => self.sheet.write_blank(self.row, self.column, format)?,
        };
        self.column += 1;
        Ok(())
    }

    /// Writes a link to a place beside the file; what cannot be a link stays text.
    pub(super) fn link(&mut self, href: &str, text: &str) -> Result<(), XlsxError> {
        if href.is_empty() || href.len() > MAX_LINK || !href.is_ascii() || href.contains(':') {
            return self.text(text);
        }
        self.measure(text);
        // The library writes a `file:///` link without a drive as a relative one.
        let url =
            Url::new(format!("file:///{href}")).set_text(cut(text)).set_tip("Open the document at this page");
        self.sheet.write_url_with_format(self.row, self.column, url, &self.formats.link)?;
        self.column += 1;
        Ok(())
    }

    /// Leaves a cell for somebody to write in.
    pub(super) fn blank(&mut self) -> Result<(), XlsxError> {
        self.sheet.write_blank(self.row, self.column, self.format())?;
        self.column += 1;
        Ok(())
    }

    /// Offers words to choose from in a blank cell; none is chosen.
    pub(super) fn choice(&mut self, words: &[&str]) -> Result<(), XlsxError> {
        let choice = DataValidation::new().allow_list_strings(words)?;
        self.sheet.add_data_validation(self.row, self.column, self.row, self.column, &choice)?;
        self.blank()
    }

    /// Keeps the first columns in view, beside the header.
    pub(super) fn keep(&mut self, columns: u16) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(1, columns)?;
        Ok(())
    }

    /// Colours cells by the status that their text begins with, from a column on.
    pub(super) fn heat(&mut self, first: u16) -> Result<(), XlsxError> {
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let fills = [
            ("Met", &self.formats.met),
            ("Partly", &self.formats.partly_met),
            ("Missing", &self.formats.missing),
        ];
        for (word, format) in fills.into_iter().filter(|_| first <= last && self.row > 0) {
            let rule = ConditionalFormatTextRule::BeginsWith(word.into());
            let heat = ConditionalFormatText::new().set_rule(rule).set_format(format);
            self.sheet.add_conditional_format(1, first, self.row, last, &heat)?;
        }
        Ok(())
    }

    /// Adds the filter over all rows.
    pub(super) fn close(&mut self) -> Result<(), XlsxError> {
        self.end()?;
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.autofilter(0, 0, self.row.max(1), last)?;
        Ok(())
    }

    fn format(&self) -> &'a Format {
        if self.is_group { &self.formats.group } else { &self.formats.plain }
    }

    fn write(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        if text.is_empty() {
            self.sheet.write_blank(self.row, self.column, format)?;
        } else {
            self.measure(text);
            self.sheet.write_string_with_format(self.row, self.column, cut(text), format)?;
        }
        self.column += 1;
        Ok(())
    }
}

/// Cuts a text at what a cell can hold.
fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_LENGTH {
        return text.into();
    }
    let start: String = text.chars().take(MAX_LENGTH).collect();
    format!("{start}…")
}
