use std::io::Read;

use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;

use super::*;
use crate::api::JobId;

/// A client that waits two seconds at most and follows no redirect.
fn client() -> Client {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(Policy::none()).timeout(Duration::from_secs(2)).build().unwrap()
}

fn get_jobs(client: &Client, proxy: &FaultyProxy) -> reqwest::Result<Response> {
    client.get(format!("{}/get_jobs", proxy.url("p01"))).form(&[("user_name", "z123456")]).send()
}

fn create_job(client: &Client, proxy: &FaultyProxy) -> reqwest::Result<Response> {
    let job = [
        ("source_type", "PATH"),
        ("source_path", r"\\server\share\in"),
        ("project_name", "p"),
        ("destination_path", r"\\server\share\out"),
    ];
    client.post(format!("{}/create_job", proxy.url("p01"))).form(&job).send()
}

#[test]
fn calls_that_are_not_spoiled_pass_quickly_on_one_connection() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    let client = client();
    let fifty_calls = || {
        let start = Instant::now();
        for _ in 0..50 {
            assert_eq!(get_jobs(&client, &proxy).unwrap().text().unwrap().matches("job_id").count(), 3);
        }
        start.elapsed()
    };
    // Nagle's algorithm against delayed acknowledgements would cost 40 ms each; a machine that is busy can cost it once.
    let times = [fifty_calls(), fifty_calls(), fifty_calls()];
    assert!(times.iter().any(|time| *time < Duration::from_secs(1)), "{times:?}");
    assert_eq!((proxy.connections(), proxy.spoiled(), proxy.received().len()), (1, 0, 150));
    assert_eq!(proxy.received(), idis.requests());
}

#[test]
fn only_the_calls_that_are_named_are_spoiled() {
    let idis = FakeIdis::start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::nth("create_job", 2), Fault::page(500, "boom"));
    proxy.on(Calls::from_nth("get_jobs", 3), Fault::page(503, "away"));
    proxy.on(Calls::nth_of_all(1), Fault::page(418, "first"));
    let client = client();
    let created: Vec<_> = (0..3).map(|_| create_job(&client, &proxy).unwrap().status().as_u16()).collect();
    assert_eq!(created, [418, 500, 200]);
    let listed: Vec<_> = (0..4).map(|_| get_jobs(&client, &proxy).unwrap().status().as_u16()).collect();
    assert_eq!(listed, [200, 200, 503, 503]);
    assert_eq!((idis.calls("create_job"), proxy.spoiled()), (1, 4));
}

#[test]
fn an_answer_can_be_lost_after_the_work_is_done() {
    for fault in [Fault::Close, Fault::Reset, Fault::Truncate, Fault::Nonsense, Fault::page(502, "gateway")] {
        let idis = FakeIdis::start();
        let proxy = FaultyProxy::before(&idis);
        proxy.after(Calls::all(), fault.clone());
        let answer = create_job(&client(), &proxy).and_then(Response::error_for_status).and_then(Response::text);
        assert!(answer.is_err(), "{fault:?}: {answer:?}");
        assert_eq!(
            idis.jobs("p01").iter().map(super::super::FakeJob::id).collect::<Vec<_>>(),
            [JobId(1001)],
            "{fault:?}"
        );
    }
}

#[test]
fn a_delay_is_before_or_after_the_work() {
    let idis = FakeIdis::start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::every("get_jobs"), Fault::Delay(Duration::from_millis(60)));
    proxy.after(Calls::every("create_job"), Fault::Delay(Duration::from_secs(60)));
    let start = Instant::now();
    assert_eq!(get_jobs(&client(), &proxy).unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
    let impatient = Client::builder().no_proxy().timeout(Duration::from_millis(300)).build().unwrap();
    assert!(create_job(&impatient, &proxy).unwrap_err().is_timeout());
    assert_eq!(idis.jobs("p01").len(), 1);
    assert_eq!(get_jobs(&client(), &proxy).unwrap().status(), 200, "a call that hangs stops no other");
}

#[test]
fn a_connection_ends_as_told() {
    // What a client sees that reads until the end.
    let answer = |fault| {
        let proxy = FaultyProxy::alone();
        proxy.on(Calls::all(), fault);
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(b"GET /p01/get_jobs HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream
            .read_to_end(&mut bytes)
            .map(|_| String::from_utf8_lossy(&bytes).into_owned())
            .map_err(|error| error.kind())
    };
    assert_eq!(answer(Fault::Close), Ok(String::new()));
    assert_eq!(answer(Fault::Reset), Err(io::ErrorKind::ConnectionReset));
    assert!(answer(Fault::Nonsense).unwrap().contains("this is not HTTP"));
    let cut = answer(Fault::Truncate).unwrap();
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    let announced: usize = head.rsplit_once("Content-Length: ").unwrap().1.parse().unwrap();
    assert!(!body.is_empty() && body.len() < announced, "{cut}");
}

#[test]
fn floods_go_on_until_the_client_has_enough() {
    for (fault, start) in [
        (Fault::EndlessBody, "chunked"),
        (Fault::HugeBody, "Content-Length: 1099511627776"),
        (Fault::EndlessHeaders, "HTTP/1.1 200 OK\r\nX-Filler: a"),
    ] {
        let proxy = FaultyProxy::alone();
        proxy.on(Calls::every("get_jobs"), fault.clone());
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        stream.write_all(b"GET /p01/get_jobs HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut bytes = vec![0; 20 << 20];
        stream.read_exact(&mut bytes).unwrap();
        assert!(String::from_utf8_lossy(&bytes[..200]).contains(start), "{fault:?}");
        // Dropping the proxy ends a flood that nobody reads.
        drop(proxy);
        assert!(stream.read_to_end(&mut bytes).is_ok() || cfg!(windows));
    }
}

#[test]
fn something_else_answers_or_sends_elsewhere() {
    let proxy = FaultyProxy::alone();
    proxy.on(Calls::nth("get_jobs", 1), Fault::Redirect { status: 302, location: "http://elsewhere/".to_owned() });
    proxy.on(Calls::nth("get_jobs", 2), Fault::json(401, r#"{"errors": {"Authentication": "Invalid"}}"#));
    let client = client();
    let redirected = get_jobs(&client, &proxy).unwrap();
    assert_eq!(
        (redirected.status().as_u16(), redirected.headers()["location"].to_str().unwrap()),
        (302, "http://elsewhere/")
    );
    let refused = get_jobs(&client, &proxy).unwrap();
    assert_eq!(
        (refused.status().as_u16(), refused.headers()["content-type"].to_str().unwrap()),
        (401, "application/json")
    );
    assert!(refused.text().unwrap().contains("Invalid"));
    assert_eq!(get_jobs(&client, &proxy).unwrap().status(), 502, "nothing is behind it");
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn every_sample_spoils_a_call() {
    for fault in Fault::samples() {
        let idis = FakeIdis::start();
        let proxy = FaultyProxy::before(&idis);
        proxy.on(Calls::every("get_jobs"), fault.clone());
        // A flood is read to its first megabyte.
        let body = get_jobs(&client(), &proxy).and_then(Response::error_for_status).map(|answer| {
            let mut text = String::new();
            answer.take(1 << 20).read_to_string(&mut text).map(|_| text)
        });
        let jobs =
            body.ok().and_then(Result::ok).and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        let delayed = matches!(fault, Fault::Delay(_));
        assert_eq!(jobs.is_some_and(|jobs| jobs.get("1").is_none() && jobs.is_object()), delayed, "{fault:?}");
        assert_eq!(idis.calls("get_jobs"), usize::from(delayed), "{fault:?}");
        assert_eq!(proxy.spoiled(), 1);
    }
}
