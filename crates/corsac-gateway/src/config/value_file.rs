//! A file that holds one value, such as a key that is mounted as a secret.
//!
//! It is an input of the configuration: where it changes, the configuration is read again. What is in it is part of no
//! message.

use std::io;
use std::path::Path;

use super::inputs::Inputs;

/// More than any header can hold. What never ends is not read at all.
const LONGEST: u64 = 64 * 1024;

/// What is in the file, without the line break that editors leave at its end; or what is wrong, in a sentence.
pub(super) fn read(inputs: &Inputs, folder: &Path, written: &str) -> Result<String, String> {
    let path = folder.join(written);
    if written.is_empty() {
        return Err("There is no path behind `file:`.".to_owned());
    }
    match std::fs::metadata(&path) {
        Ok(found) if !found.is_file() => return Err(format!("`{written}` is not a file.")),
        Ok(found) if found.len() > LONGEST => {
            return Err(format!("The file `{written}` is longer than a value can be, which is 64KiB."));
        }
        // One that is not there is an input as well, and read once it is.
        Ok(_) | Err(_) => {}
    }
    let shown = path.display().to_string();
    let bytes = inputs.read_value(path, shown).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("There is no file `{written}`."),
        _ => format!("The file `{written}` cannot be read: {error}."),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| format!("The file `{written}` is not text in UTF-8."))?;
    let value = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(value.to_owned())
}
