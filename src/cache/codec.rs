//! Values to bytes and back. Every text is written once; reading never trusts a length.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::source::FileId;
use crate::value::{Str, StrMap};

/// Something with a form in bytes.
pub trait Code: Sized {
    fn write(&self, out: &mut Writer);

    /// None when the bytes are not what [`Self::write`] makes.
    fn read(input: &mut Reader<'_>) -> Option<Self>;
}

/// Collects bytes, and apart from them the texts that they name.
#[derive(Default)]
pub struct Writer {
    bytes: Vec<u8>,
    texts: Vec<u8>,
    known: FxHashMap<Str, u64>,
}

impl Writer {
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits a byte, the lowest first.
    pub fn number(&mut self, number: u64) {
        push_number(&mut self.bytes, number);
    }

    pub fn text(&mut self, text: &Str) {
        let index = match self.known.get(text) {
            Some(index) => *index,
            None => {
                let index = self.known.len() as u64;
                push_number(&mut self.texts, text.len() as u64);
                self.texts.extend_from_slice(text.as_bytes());
                self.known.insert(text.clone(), index);
                index
            }
        };
        self.number(index);
    }

    /// The texts, then the bytes that name them.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.texts.len() + self.bytes.len() + 20);
        push_number(&mut out, self.known.len() as u64);
        out.extend_from_slice(&self.texts);
        out.extend_from_slice(&self.bytes);
        out
    }
}

fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what one [`Writer`] made.
pub struct Reader<'a> {
    bytes: &'a [u8],
    texts: Vec<Str>,
    /// What each file of then is called now; none for files that are gone.
    files: &'a [Option<FileId>],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], files: &'a [Option<FileId>]) -> Option<Reader<'a>> {
        let mut reader = Reader { bytes, texts: vec![], files };
        let count = reader.count()?;
        reader.texts.reserve(count);
        for _ in 0..count {
            let len = reader.count()?;
            let text = std::str::from_utf8(reader.take(len)?).ok()?;
            reader.texts.push(text.into());
        }
        Some(reader)
    }

    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things of at least a byte each.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.bytes.len())
    }

    pub fn text(&mut self) -> Option<Str> {
        let index = usize::try_from(self.number()?).ok()?;
        self.texts.get(index).cloned()
    }

    pub fn file(&self, then: u32) -> Option<FileId> {
        self.files.get(then as usize).copied().flatten()
    }

    pub fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl Code for bool {
    fn write(&self, out: &mut Writer) {
        out.byte(u8::from(*self));
    }

    fn read(input: &mut Reader<'_>) -> Option<bool> {
        match input.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Code for u32 {
    fn write(&self, out: &mut Writer) {
        out.number(u64::from(*self));
    }

    fn read(input: &mut Reader<'_>) -> Option<u32> {
        input.number()?.try_into().ok()
    }
}

impl Code for usize {
    fn write(&self, out: &mut Writer) {
        out.number(*self as u64);
    }

    fn read(input: &mut Reader<'_>) -> Option<usize> {
        input.number()?.try_into().ok()
    }
}

impl Code for i64 {
    fn write(&self, out: &mut Writer) {
        // Small numbers of either sign stay short.
        out.number(((*self << 1) ^ (*self >> 63)).cast_unsigned());
    }

    fn read(input: &mut Reader<'_>) -> Option<i64> {
        let number = input.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

impl Code for f64 {
    fn write(&self, out: &mut Writer) {
        out.number(self.to_bits());
    }

    fn read(input: &mut Reader<'_>) -> Option<f64> {
        input.number().map(f64::from_bits)
    }
}

impl Code for Str {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }

    fn read(input: &mut Reader<'_>) -> Option<Str> {
        input.text()
    }
}

impl Code for String {
    fn write(&self, out: &mut Writer) {
        out.text(&Str::from(self.as_str()));
    }

    fn read(input: &mut Reader<'_>) -> Option<String> {
        input.text().map(|text| text.to_string())
    }
}

impl<T: Code> Code for Option<T> {
    fn write(&self, out: &mut Writer) {
        out.byte(u8::from(self.is_some()));
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn read(input: &mut Reader<'_>) -> Option<Option<T>> {
        if bool::read(input)? { T::read(input).map(Some) } else { Some(None) }
    }
}

impl<T: Code> Code for Box<T> {
    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<Box<T>> {
        T::read(input).map(Box::new)
    }
}

impl<T: Code> Code for Arc<T> {
    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<Arc<T>> {
        T::read(input).map(Arc::new)
    }
}

impl<T: Code> Code for Vec<T> {
    fn write(&self, out: &mut Writer) {
        self.len().write(out);
        for item in self {
            item.write(out);
        }
    }

    fn read(input: &mut Reader<'_>) -> Option<Vec<T>> {
        let count = input.count()?;
        let mut items = Vec::with_capacity(count.min(1 << 12));
        for _ in 0..count {
            items.push(T::read(input)?);
        }
        Some(items)
    }
}

impl<T: Code, const N: usize> Code for [T; N] {
    fn write(&self, out: &mut Writer) {
        for item in self {
            item.write(out);
        }
    }

    fn read(input: &mut Reader<'_>) -> Option<[T; N]> {
        let items = (0..N).map(|_| T::read(input)).collect::<Option<Vec<T>>>()?;
        items.try_into().ok()
    }
}

impl<T: Code + 'static> Code for StrMap<T> {
    fn write(&self, out: &mut Writer) {
        self.len().write(out);
        for (key, value) in self {
            out.text(key);
            value.write(out);
        }
    }

    fn read(input: &mut Reader<'_>) -> Option<StrMap<T>> {
        let count = input.count()?;
        let mut map = StrMap::with_capacity(count.min(1 << 12));
        for _ in 0..count {
            let key = input.text()?;
            map.insert(key, T::read(input)?);
        }
        Some(map)
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(input: &mut Reader<'_>) -> Option<(A, B)> {
        Some((A::read(input)?, B::read(input)?))
    }
}

/// A structure as its fields in order. All of them must be named.
macro_rules! record {
    ($($type:ident { $($field:ident),* $(,)? })*) => {$(
        impl Code for $type {
            fn write(&self, out: &mut Writer) {
                let $type { $($field),* } = self;
                $($field.write(out);)*
            }

            fn read(input: &mut Reader<'_>) -> Option<$type> {
                $(let $field = Code::read(input)?;)*
                Some($type { $($field),* })
            }
        }
    )*};
}

/// An enumeration whose variants hold one value or none: the variant's number, then the value.
macro_rules! choice {
    ($type:ident { $($number:literal => $variant:ident $(($value:ident))?),* $(,)? }) => {
        impl Code for $type {
            fn write(&self, out: &mut Writer) {
                match self {
                    $($type::$variant $(($value))? => {
                        out.byte($number);
                        $($value.write(out);)?
                    })*
                }
            }

            fn read(input: &mut Reader<'_>) -> Option<$type> {
                Some(match input.byte()? {
                    $($number => $type::$variant $(({ let $value = Code::read(input)?; $value }))?,)*
                    _ => return None,
                })
            }
        }
    };
}

pub(super) use {choice, record};
