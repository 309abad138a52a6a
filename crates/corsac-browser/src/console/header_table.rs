//! Which of several headers Chromium names: the order in which it looks through them.
//!
//! Blink keeps a request's headers in a hash table, and they leave it bucket by bucket. Nothing in it is left to
//! chance, so the order can be told: it is that of names, of what else is in the table, and of the table's size.
//! Knows no message.

use corsac::Origin;

use crate::request::Request;
use crate::{Browser, Call, Initiator, Page, safelist};

/// What Blink adds on its own to a call of a trustworthy URL.
const CLIENT_HINTS: [&str; 3] = ["sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"];

/// The first of the refused headers, which are in lower case; nothing where there are none.
pub(super) fn first<'a>(page: &Page, call: &Call, refused: &'a [String]) -> Option<&'a str> {
    let request = Request::new(page, call, Browser::Chromium);
    let order = order(call, &request);
    let place = |name: &str| order.iter().position(|known| known == name);
    // What is refused only because all values together are too long comes last.
    let is_safe_alone = |name: &str| {
        let value = request.original_headers.get(name).unwrap_or_default();
        safelist::why_unsafe(name, &value, Browser::Chromium).is_none()
    };
    refused.iter().map(String::as_str).min_by_key(|name| (is_safe_alone(name), place(name)))
}

/// The names of a request's headers, in the order in which the network gets them.
fn order(call: &Call, request: &Request) -> Vec<String> {
    let mut names: Vec<String> =
        request.original_headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    match call.initiator {
        // `Headers` are sorted.
        Initiator::Fetch => names.sort(),
        // `XMLHttpRequest` has a table of its own, from which they are copied.
        Initiator::Xhr => names = Table::of(names).into_names(),
    }
    if Origin::of_url(&call.url).is_potentially_trustworthy() {
        names.extend(CLIENT_HINTS.map(str::to_owned));
    }
    names.push("user-agent".into());
    Table::of(names).into_names()
}

/// A hash table with open addressing.
struct Table {
    buckets: Vec<Option<String>>,
    count: usize,
}

impl Table {
    const SMALLEST: usize = 8;

    fn of(names: impl IntoIterator<Item = String>) -> Self {
        let mut table = Self { buckets: vec![None; Self::SMALLEST], count: 0 };
        for name in names {
            table.insert(name);
        }
        table
    }

    fn insert(&mut self, name: String) {
        let bucket = self.bucket_of(&name);
        if self.buckets[bucket].is_some() {
            return;
        }
        self.buckets[bucket] = Some(name);
        self.count += 1;
        if self.count * 2 >= self.buckets.len() {
            let twice = vec![None; self.buckets.len() * 2];
            for name in std::mem::replace(&mut self.buckets, twice).into_iter().flatten() {
                let bucket = self.bucket_of(&name);
                self.buckets[bucket] = Some(name);
            }
        }
    }

    /// Where a name is, or where it goes.
    fn bucket_of(&self, name: &str) -> usize {
        // The size is a power of two, and at least half of the buckets are free.
        let mask = self.buckets.len() - 1;
        let mut bucket = hash(name) & mask;
        let mut step = 0;
        while self.buckets[bucket].as_deref().is_some_and(|known| known != name) {
            step += 1;
            bucket = (bucket + step) & mask;
        }
        bucket
    }

    fn into_names(self) -> Vec<String> {
        self.buckets.into_iter().flatten().collect()
    }
}

/// The lower 24 bits of rapidhash (its first version) of a name in UTF-16, as Blink computes it. A name of one
/// character is read otherwise than in rapidhash itself.
fn hash(name: &str) -> usize {
    const SEED: u64 = 0xbdd8_9aa9_8270_4029;
    const SECRETS: [u64; 3] = [0x2d35_8dcc_aa6c_78a5, 0x8bb8_4b93_962e_acc9, 0x4b33_a62e_d433_d4a3];
    let [one, two, three] = SECRETS;
    let bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = bytes.len();
    let mut seed = SEED ^ mix(SEED ^ one, two) ^ length as u64;
    let (first, second) = match length {
        0 => (0, 0),
        2 => (u64::from(bytes[0]), 0),
        3..=16 => {
            let inner = if length >= 8 { 4 } else { 0 };
            let pair = |high, low| (read_32(&bytes, high) << 32) | read_32(&bytes, low);
            (pair(0, length - 4), pair(inner, length - 4 - inner))
        }
        _ => {
            let mut at = 0;
            if length > 48 {
                let (mut other, mut third) = (seed, seed);
                while at == 0 || length - at >= 48 {
                    seed = mix(read_64(&bytes, at) ^ one, read_64(&bytes, at + 8) ^ seed);
                    other = mix(read_64(&bytes, at + 16) ^ two, read_64(&bytes, at + 24) ^ other);
                    third = mix(read_64(&bytes, at + 32) ^ three, read_64(&bytes, at + 40) ^ third);
                    at += 48;
                }
                seed ^= other ^ third;
            }
            if length - at > 16 {
                seed = mix(read_64(&bytes, at) ^ three, read_64(&bytes, at + 8) ^ seed ^ two);
                if length - at > 32 {
                    seed = mix(read_64(&bytes, at + 16) ^ three, read_64(&bytes, at + 24) ^ seed);
                }
            }
            (read_64(&bytes, length - 16), read_64(&bytes, length - 8))
        }
    };
    let (low, high) = product(first ^ two, second ^ seed);
    let hash = mix(low ^ one ^ length as u64, high ^ two);
    (hash & 0xFF_FFFF) as usize
}

/// The two halves of a product.
fn product(one: u64, other: u64) -> (u64, u64) {
    let product = u128::from(one) * u128::from(other);
    (product as u64, (product >> 64) as u64)
}

fn mix(one: u64, other: u64) -> u64 {
    let (low, high) = product(one, other);
    low ^ high
}

fn read_32(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 4].iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn read_64(bytes: &[u8], at: usize) -> u64 {
    read_32(bytes, at) | (read_32(bytes, at + 4) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_hashes_that_chromium_gives_them() {
        for (name, expected) in [
            ("a", 0x64_635e),
            ("x1", 0x9d_1219),
            ("x-a", 0x3c_604d),
            ("accept", 0x59_2219),
            ("sec-ch-ua", 0x33_f009),
            ("content-type", 0x7c_d99b),
            ("authorization", 0xb6_7284),
            ("access-control-allow-origin", 0x69_8a75),
            ("x-very-long-header-name-that-goes-on-and-on-and-on", 0x55_2487),
        ] {
            assert_eq!(hash(name), expected, "{name}");
        }
        for (length, expected) in
            [(24, 0x3e_bb84), (25, 0x16_364c), (48, 0x48_4bc3), (49, 0xff_64cd), (72, 0x88_6f18)]
        {
            assert_eq!(hash(&"x".repeat(length)), expected, "{length} times x");
        }
    }

    fn order_of(url: &str, initiator: Initiator, names: &[&str]) -> String {
        let page = Page::of("https://app.example".parse().expect("an origin"));
        let mut call = Call::new(url.parse().expect("a URL"));
        call.initiator = initiator;
        for name in names {
            call.headers.append(*name, "1");
        }
        order(&call, &Request::new(&page, &call, Browser::Chromium)).join(" ")
    }

    #[test]
    fn the_order_is_that_of_the_wire() {
        let names = ["x-b", "X-A", "Authorization"];
        assert_eq!(
            order_of("https://api.example/", Initiator::Fetch, &names),
            "sec-ch-ua-platform authorization user-agent sec-ch-ua x-a sec-ch-ua-mobile x-b"
        );
        assert_eq!(
            order_of("http://api.example/", Initiator::Fetch, &names),
            "authorization user-agent x-a x-b"
        );
        assert_eq!(
            order_of("https://api.example/", Initiator::Xhr, &["a", "b", "c", "d", "e", "f", "g", "h"]),
            "sec-ch-ua-platform e d b sec-ch-ua c sec-ch-ua-mobile f g user-agent a h"
        );
    }
}
