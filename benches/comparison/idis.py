"""A small IDIS on loopback, fast enough to not be what is measured: one write for each answer, no Nagle, no lock.

It knows jobs 1 to `jobs`, waits `delay` seconds before each answer, and adds up how long its answers took.
"""

import json
import socketserver
import threading
import time
from urllib.parse import parse_qsl

CORE = {
    "date": "2016-08-26T15:04:44", "user_name": "z123456", "status": "DONE", "error": None, "description": "a job",
    "project_name": "Wetenschap-Algemeen", "priority": 0, "files_downloaded": 320, "files_processed": 320,
}
DETAILS = {
    "destination_id": 1, "destination_name": None, "destination_path": "\\\\server\\share\\out",
    "destination_network": None, "destination_status": "BASE", "destination_type": "PATH", "source_id": 1,
    "source_instance_id": None, "source_status": "NEW", "source_type": "PATH", "source_anonymizedpatientid": "p1",
    "source_anonymizedpatientname": "p1", "source_name": None, "source_path": "\\\\server\\share\\in",
    "source_pims_keyfile_id": None, "source_protocol": 3178, "source_subject": 3178,
}
TAIL = ", " + json.dumps(CORE)[1:]
TAIL_EXTENDED = ", " + json.dumps({**CORE, **DETAILS})[1:]


class Idis:
    """The server, from the moment that it is made until `close`."""

    def __init__(self, delay, jobs):
        self.delay, self.jobs, self.lock = delay, jobs, threading.Lock()
        self.forget()
        outer = self

        class Connection(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle(self):
                with outer.lock:
                    outer.connections += 1
                try:
                    while outer.serve(self.rfile, self.wfile):
                        pass
                except ConnectionError:
                    pass  # a client that hung up

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 256

        self.server = Server(("127.0.0.1", 0), Connection)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def forget(self):
        """Counts from zero: requests, connections, seconds spent on answers, what was created."""
        self.requests, self.connections, self.busy, self.created = 0, 0, 0.0, []

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, rfile, wfile):
        """One request and its answer. Returns whether the connection stays open."""
        request = rfile.readline().split()
        if len(request) < 2:
            return False
        length, stays = 0, True
        while (line := rfile.readline().strip()):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"connection" and value.strip().lower() == b"close":
                stays = False
        body = rfile.read(length).decode()
        started = time.perf_counter()
        time.sleep(self.delay)
        answer = self.answer(request[1].decode().rsplit("/", 1)[-1], parse_qsl(body)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        wfile.write(head.encode() + answer)
        wfile.flush()
        with self.lock:
            self.requests += 1
            self.busy += time.perf_counter() - started
        return stays

    def answer(self, function, arguments):
        if function == "create_job":
            given = dict(arguments)
            echo = {"source_" + name: given[name] for name in ("anonymizedpatientid", "anonymizedpatientname") if name in given}
            echo["source_instance_id"] = given.get("source_instance_id")
            tail = ", " + json.dumps({**CORE, **DETAILS, **echo})[1:]
            with self.lock:
                self.created.append(given.get("source_instance_id"))
                return job(self.jobs + len(self.created), tail)
        ids = [int(value) for name, value in arguments if name in ("job_id", "job_ids")]
        if function in ("get_jobs_list", "get_jobs_list_extended"):
            tail = TAIL if function == "get_jobs_list" else TAIL_EXTENDED
            return "{" + ", ".join(f'"{number}": {job(number, tail)}' for number in ids) + "}"
        return job(ids[0], TAIL_EXTENDED) if ids else "{}"


def job(number, tail):
    return f'{{"job_id": {number}{tail}'
