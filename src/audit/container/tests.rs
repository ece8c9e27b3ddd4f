use super::*;

fn field(id: u16, bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).expect("a short field");
    [&id.to_le_bytes()[..], &size.to_le_bytes(), bytes].concat()
}

#[test]
fn extra_fields_are_found_once_or_not_at_all() {
    let two = [field(7, b"abc"), field(1, b"12345678")].concat();
    assert_eq!(extra_field(&two, 1), Ok(Some(&b"12345678"[..])));
    assert_eq!(extra_field(&two, 2), Ok(None));
    assert_eq!(extra_field(&[two.as_slice(), &[0, 0]].concat(), 7), Ok(Some(&b"abc"[..])));
    assert_eq!(extra_field(&[two.as_slice(), &[9, 9]].concat(), 7), Err(()));
    assert_eq!(extra_field(&[two.clone(), two.clone()].concat(), 1), Err(()));
    assert_eq!(extra_field(&two[..two.len() - 1], 1), Err(()));
}

#[test]
fn wide_numbers_stand_in_the_order_in_which_they_are_missing() {
    let wide = [5_u64.to_le_bytes(), 6_u64.to_le_bytes()].concat();
    let (mut one, mut two, mut three) = (ELSEWHERE, 9, ELSEWHERE);
    let numbers = &mut [(&mut one, ELSEWHERE), (&mut two, ELSEWHERE), (&mut three, ELSEWHERE)];
    assert_eq!(widen(Some(&wide), numbers), Ok(true));
    assert_eq!((one, two, three), (5, 9, 6));
    let mut one = ELSEWHERE;
    assert_eq!(widen(Some(&wide[..7]), &mut [(&mut one, ELSEWHERE)]), Err(()));
    assert_eq!(widen(None, &mut [(&mut one, ELSEWHERE)]), Ok(false));
}

#[test]
fn names_are_read_as_their_writers_meant_them() {
    let text = |bytes: &[u8], flags, extra: &[u8]| names::decode(bytes, flags, extra).text;
    assert_eq!(text("Zoë".as_bytes(), 0, &[]), "Zoë");
    assert_eq!(text(b"Zo\x89", 0, &[]), "Zoë", "code page 437");
    assert_eq!(text(b"a\\b", 0, &[]), "a/b");
    let mut crc = flate2::Crc::new();
    crc.update(b"Zo\xff");
    let beside = [&[1][..], &crc.sum().to_le_bytes(), "Zoé".as_bytes()].concat();
    assert_eq!(text(b"Zo\xff", 0, &field(0x7075, &beside)), "Zoé");
    assert_eq!(text(b"Zo\xfe", 0, &field(0x7075, &beside)), "Zo■", "a field of another name");
}
