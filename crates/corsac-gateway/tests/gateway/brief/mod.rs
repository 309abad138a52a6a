//! Messages of one piece, which are read and written without the HTTP library.

mod connections;
mod messages;
