//! The load: clients and the upstream on one thread and one epoll, so that they are cheaper than what they load.
//!
//! Every response is looked at: its status and its length always, its CORS headers and its bytes where that is wanted.
//! Knows no clock but that of a single request, and no proxy.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

use crate::bodies::is_right;
use crate::cases::{Ask, GiveUp};
use crate::head;
use crate::socket::{Received, Socket};
use crate::upstream::{Manners, Upstream};

/// What is read at once.
const BUFFER: usize = 256 * 1024;
/// How many events are taken at once.
const EVENTS: usize = 256;
/// How often the upstream looks for idle connections.
const TIDY: Duration = Duration::from_millis(50);

/// Whose event it is, by token; numbers of connections are added.
const LISTENER: u64 = 0;
const UPSTREAM: u64 = 1 << 32;
const CLIENT: u64 = 2 << 32;

/// What a client does next.
pub(crate) enum Next {
    Ask(Rc<Ask>),
    /// Stays connected, and asks nothing any more.
    Rest,
    Leave,
}

/// Those who ask.
pub(crate) trait Crowd {
    /// What a client does that has just come, or was just answered.
    fn next(&mut self, has_been_answered: bool) -> Next;
    /// A whole response came, and was right.
    fn answered(&mut self, took: Duration);
    /// A request had no response, or a wrong one; its connection is closed.
    fn failed(&mut self, why: String);
    /// A client went away in the midst of a request, as it was told to.
    fn gave_up(&mut self) {}
    /// Whether responses are looked at in all detail after the first of a connection, too.
    fn is_thorough(&self) -> bool {
        false
    }
}

/// Both ends of a proxy.
pub(crate) struct Reactor {
    epoll: OwnedFd,
    upstream: Upstream,
    tidied: Instant,
    clients: Vec<Option<Client>>,
    free: Vec<usize>,
    asking: usize,
    resting: usize,
    buffer: Box<[u8]>,
    events: Vec<Event>,
}

struct Client {
    socket: Socket,
    ask: Option<Rc<Ask>>,
    since: Instant,
    /// What came of a head that is not whole.
    begun: Vec<u8>,
    /// How much of the body came, once the head was whole.
    body: Option<usize>,
    has_been_answered: bool,
}

/// What became of a client by an event.
enum Became {
    Waiting,
    Answered,
    GaveUp,
    Gone(String),
}

impl Reactor {
    pub(crate) fn new(manners: Manners) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let upstream = Upstream::new(manners)?;
        epoll::add(&epoll, upstream.listener(), EventData::new_u64(LISTENER), EventFlags::IN)?;
        Ok(Self {
            epoll,
            upstream,
            tidied: Instant::now(),
            clients: Vec::new(),
            free: Vec::new(),
            asking: 0,
            resting: 0,
            buffer: vec![0; BUFFER].into(),
            events: Vec::with_capacity(EVENTS),
        })
    }

    /// Where the upstream listens.
    pub(crate) fn upstream(&self) -> io::Result<SocketAddr> {
        self.upstream.address()
    }

    /// How many clients wait for a response.
    pub(crate) fn asking(&self) -> usize {
        self.asking
    }

    /// How many are connected, and ask nothing.
    pub(crate) fn resting(&self) -> usize {
        self.resting
    }

    /// Another client comes.
    pub(crate) fn connect(&mut self, to: SocketAddr, crowd: &mut dyn Crowd) -> io::Result<()> {
        let number = self.free.pop().unwrap_or_else(|| {
            self.clients.push(None);
            self.clients.len() - 1
        });
        let socket = Socket::new(TcpStream::connect(to)?, &self.epoll, CLIENT + number as u64)?;
        self.clients[number] = Some(Client {
            socket,
            ask: None,
            since: Instant::now(),
            begun: Vec::new(),
            body: None,
            has_been_answered: false,
        });
        self.asking += 1;
        self.go_on(number, crowd);
        Ok(())
    }

    /// All clients go, without a further word.
    pub(crate) fn disconnect(&mut self) {
        self.clients.clear();
        self.free.clear();
        (self.asking, self.resting) = (0, 0);
    }

    /// Waits until something happens, for some milliseconds at most, and sees to it.
    pub(crate) fn turn(&mut self, crowd: &mut dyn Crowd) -> io::Result<()> {
        let timeout = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        for at in 0..self.events.len() {
            let Event { flags, data, .. } = self.events[at];
            let (token, is_room) = (data.u64(), flags.contains(EventFlags::OUT));
            if token == LISTENER {
                self.upstream.accept(&self.epoll, UPSTREAM)?;
            } else if token < CLIENT {
                let number = (token - UPSTREAM) as usize;
                self.upstream.event(number, &self.epoll, &mut self.buffer, is_room);
            } else {
                self.client((token - CLIENT) as usize, is_room, crowd);
            }
        }
        if self.tidied.elapsed() > TIDY {
            self.upstream.tidy();
            self.tidied = Instant::now();
        }
        Ok(())
    }

    fn client(&mut self, number: usize, is_room: bool, crowd: &mut dyn Crowd) {
        let Some(client) = self.clients.get_mut(number).and_then(Option::as_mut) else { return };
        match client.event(&self.epoll, &mut self.buffer, is_room, crowd.is_thorough()) {
            Became::Waiting => {}
            Became::Answered => {
                crowd.answered(client.since.elapsed());
                self.go_on(number, crowd);
            }
            Became::GaveUp => self.give_up(number, crowd),
            Became::Gone(why) => {
                if client.ask.is_some() {
                    self.asking -= 1;
                    crowd.failed(why);
                } else {
                    self.resting -= 1;
                }
                self.close(number);
            }
        }
    }

    /// A client that waits for nothing does what comes next.
    fn go_on(&mut self, number: usize, crowd: &mut dyn Crowd) {
        let Some(client) = self.clients[number].as_mut() else { return };
        match crowd.next(client.has_been_answered) {
            Next::Rest => {
                client.ask = None;
                self.asking -= 1;
                self.resting += 1;
            }
            Next::Leave => {
                self.asking -= 1;
                self.close(number);
            }
            Next::Ask(ask) => {
                let sent = match ask.gives_up {
                    Some(GiveUp::AfterSending(length)) => &ask.bytes[..length],
                    _ => &ask.bytes,
                };
                client.since = Instant::now();
                let is_there = client.socket.send(&self.epoll, sent);
                let gives_up = matches!(ask.gives_up, Some(GiveUp::AfterSending(_)));
                client.ask = Some(ask);
                if gives_up {
                    self.give_up(number, crowd);
                } else if !is_there {
                    self.asking -= 1;
                    crowd.failed("the connection was closed before the request".to_owned());
                    self.close(number);
                }
            }
        }
    }

    fn give_up(&mut self, number: usize, crowd: &mut dyn Crowd) {
        self.asking -= 1;
        if let Some(client) = self.clients[number].take() {
            client.socket.break_off();
        }
        self.free.push(number);
        crowd.gave_up();
    }

    fn close(&mut self, number: usize) {
        self.clients[number] = None;
        self.free.push(number);
    }
}

impl Client {
    fn event(&mut self, epoll: &OwnedFd, buffer: &mut [u8], is_room: bool, is_thorough: bool) -> Became {
        if is_room && !self.socket.send_more(epoll) {
            return Became::Gone("the connection broke while the request was sent".to_owned());
        }
        let length = match self.socket.receive(buffer) {
            Received::Some(length) => length,
            Received::Nothing => return Became::Waiting,
            Received::End => {
                let part = String::from_utf8_lossy(&self.begun);
                return Became::Gone(format!(
                    "the connection was closed before the response was whole: {part}"
                ));
            }
        };
        let Some(ask) = self.ask.clone() else {
            return Became::Gone("something came that nobody asked for".to_owned());
        };
        if let Some(GiveUp::OnceItCame) = ask.gives_up {
            return Became::GaveUp;
        }
        let looks_closely = is_thorough || !self.has_been_answered;
        let mut piece = &buffer[..length];
        let whole;
        let at = match self.body {
            Some(at) => at,
            None => {
                if !self.begun.is_empty() {
                    self.begun.extend_from_slice(piece);
                    whole = std::mem::take(&mut self.begun);
                    piece = &whole;
                }
                let Some(end) = head::end(piece) else {
                    self.begun = piece.to_vec();
                    return Became::Waiting;
                };
                let (head, rest) = piece.split_at(end);
                if let Err(wrong) = ask.is_answered_by(head, looks_closely) {
                    let text = String::from_utf8_lossy(head);
                    return Became::Gone(format!("{wrong}, in answer to {}:\n{text}", ask.name));
                }
                piece = rest;
                0
            }
        };
        if looks_closely && !is_right(piece, at) {
            return Became::Gone("the body is not what the upstream sent".to_owned());
        }
        let at = at + piece.len();
        if at < ask.body {
            self.body = Some(at);
            return Became::Waiting;
        }
        if at > ask.body {
            return Became::Gone("more came than was asked for".to_owned());
        }
        self.body = None;
        self.has_been_answered = true;
        Became::Answered
    }
}
