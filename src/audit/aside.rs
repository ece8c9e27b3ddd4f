//! What is put aside until the end of a run: of a large class it would not fit into memory.
//!
//! Owns how things are written down and come back. Refuses to know what lies behind a [`Shelf`]: the
//! command line lends one, and without it, or once it is full, things stay in memory.

use std::fmt::{self, Debug, Formatter};
use std::io;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

/// A place outside of memory for the time of a run.
pub trait Shelf: Send + Sync {
    /// Puts bytes behind those that are there, and returns where they begin.
    ///
    /// # Errors
    /// Where there is no room for them.
    fn put(&self, bytes: &[u8]) -> io::Result<u64>;

    /// Fills a buffer from a place.
    ///
    /// # Errors
    /// Where the bytes cannot be read.
    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// Where things are put aside.
#[derive(Clone, Default)]
pub struct Aside(Option<Arc<dyn Shelf>>);

/// Bytes that were put aside.
#[derive(Clone)]
pub(crate) enum Slot {
    Memory(Arc<[u8]>),
    Shelf { shelf: Arc<dyn Shelf>, at: u64, size: u32 },
}

/// Something that was put aside; each [`Kept::get`] reads it anew.
#[derive(Clone)]
pub struct Kept<T> {
    slot: Slot,
    of: PhantomData<fn() -> T>,
}

impl Aside {
    /// Puts things onto a shelf.
    pub fn on(shelf: Arc<dyn Shelf>) -> Self {
        Self(Some(shelf))
    }

    /// Puts bytes aside.
    pub(crate) fn put(&self, bytes: &[u8]) -> Slot {
        let on_shelf = self.0.as_ref().and_then(|shelf| {
            let size = u32::try_from(bytes.len()).ok()?;
            Some(Slot::Shelf { shelf: shelf.clone(), at: shelf.put(bytes).ok()?, size })
        });
        on_shelf.unwrap_or_else(|| Slot::Memory(bytes.into()))
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::Memory([].into())
    }
}

impl Debug for Slot {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(bytes) => write!(to, "{} bytes in memory", bytes.len()),
            Self::Shelf { at, size, .. } => write!(to, "{size} bytes at {at}"),
        }
    }
}

impl Slot {
    /// Returns a part of the bytes.
    ///
    /// # Panics
    /// Where the shelf does not give back what was put there: the rest of the run would rest on nothing.
    pub(crate) fn read(&self, part: Range<usize>) -> Vec<u8> {
        match self {
            Self::Memory(bytes) => bytes[part].to_vec(),
            Self::Shelf { shelf, at, .. } => {
                let mut bytes = vec![0; part.len()];
                let read = shelf.read(at + part.start as u64, &mut bytes);
                read.expect("notes that were put into a temporary file can be read again");
                bytes
            }
        }
    }

    /// Returns all bytes.
    pub(crate) fn all(&self) -> Vec<u8> {
        let size = match self {
            Self::Memory(bytes) => bytes.len(),
            Self::Shelf { size, .. } => *size as usize,
        };
        self.read(0..size)
    }
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    /// Puts something aside.
    pub(crate) fn new(aside: &Aside, it: &T) -> Self {
        let bytes = postcard::to_allocvec(it).expect("plain data can be written down");
        Self { slot: aside.put(&bytes), of: PhantomData }
    }

    /// Reads it.
    pub fn get(&self) -> T {
        postcard::from_bytes(&self.slot.all()).expect("what was written down can be read")
    }
}

impl<T: Serialize + DeserializeOwned> From<T> for Kept<T> {
    fn from(it: T) -> Self {
        Self::new(&Aside::default(), &it)
    }
}

impl<T: Serialize + DeserializeOwned> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(to)
    }
}

impl<T: Serialize + DeserializeOwned + Debug> Debug for Kept<T> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        self.get().fmt(to)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A shelf with room for some bytes.
    pub(crate) struct Small(pub(crate) usize, pub(crate) Mutex<Vec<u8>>);

    impl Shelf for Small {
        fn put(&self, bytes: &[u8]) -> io::Result<u64> {
            let mut all = self.1.lock().expect("whole");
            if all.len() + bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            all.extend_from_slice(bytes);
            Ok((all.len() - bytes.len()) as u64)
        }

        fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
            let all = self.1.lock().expect("whole");
            buffer.copy_from_slice(&all[at as usize..at as usize + buffer.len()]);
            Ok(())
        }
    }

    #[test]
    fn things_come_back_from_a_shelf_and_from_memory() {
        let shelf = Arc::new(Small(40, Mutex::default()));
        let aside = Aside::on(shelf.clone());
        let things: Vec<Vec<String>> = (0..9).map(|n| vec![format!("thing {n}"), "ü".repeat(n)]).collect();
        let kept: Vec<Kept<Vec<String>>> = things.iter().map(|it| Kept::new(&aside, it)).collect();
        let is_there = |kept: &&Kept<Vec<String>>| matches!(kept.slot, Slot::Shelf { .. });
        let there = kept.iter().filter(is_there).count();
        assert!((1..9).contains(&there), "{there} are on the shelf, the others had no room");
        assert!(!shelf.1.lock().expect("whole").is_empty());
        assert!(kept.iter().map(Kept::get).eq(things));
        assert_eq!(serde_json::to_string(&kept[1]).expect("JSON"), r#"["thing 1","ü"]"#);
        assert_eq!(aside.put(b"0123456789012345678901234567890123456789x").read(3..5), b"34");
        assert_eq!(Aside::default().put(b"012345").read(3..5), b"34");
    }
}
