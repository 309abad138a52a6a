//! Ruby: the gem itself, which tells what it made of a policy.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::files::{exported, has_star, names, none_of, read, reader, texts};

pub(crate) fn reads_the_same_names() -> Result<(), Failed> {
    let (_folder, all) = exported("rack-cors")?;
    // Puma lies beside the Ruby that has the gem.
    let ruby = Part::RackCors.program()?.with_file_name("ruby");
    let mut wrong = Vec::new();
    for (exported, read) in all.iter().zip(read(Command::new(ruby).arg(reader("read.rb")), &all)?) {
        let config = &exported.config;
        let methods = names(&texts(&read["methods"]));
        let same = names(&config.allow_methods).iter().all(|name| name == "*" || methods.contains(name))
            && match has_star(&config.allow_headers) {
                true => read["headers"] == "any",
                false => names(&texts(&read["headers"])) == names(&config.allow_headers),
            }
            && names(&texts(&read["expose"])) == names(&config.expose_headers);
        if !same {
            wrong.push(exported.is_read_otherwise(&read));
        }
    }
    none_of(&wrong)
}
