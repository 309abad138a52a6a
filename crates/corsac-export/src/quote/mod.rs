//! Values in the words of another language, so that none of them can break out.
//!
//! Origins and names are ASCII by the time they get here, but names may hold quotes and dollars; nothing here trusts
//! that they hold no more. Where a language has no way to write a value, there is none.

// One file a language, or a family of them that reads values alike.
mod apache;
mod caddy;
mod csharp;
mod go;
mod java;
mod javascript;
mod literal;
mod name;
mod nginx;
mod php;
mod ruby;
mod rust;
mod word;
mod yaml;

#[cfg(test)]
mod hostile;

pub(crate) use apache::{apache_format, apache_regex};
pub(crate) use caddy::{caddy, caddy_raw};
pub(crate) use csharp::csharp_verbatim;
pub(crate) use go::{go_list, go_raw, go_string};
pub(crate) use java::java_list;
pub(crate) use javascript::js_regex;
pub(crate) use literal::{list, python_bool, string};
pub(crate) use name::{dns_label, identifier, one_line, title_case};
pub(crate) use nginx::{nginx, nginx_regex};
pub(crate) use php::php_list;
pub(crate) use ruby::{ruby_list, ruby_regex, ruby_string};
pub(crate) use rust::rust;
pub(crate) use word::{haproxy, haproxy_format, shell};
pub(crate) use yaml::{yaml, yaml_list};
