"""A second opinion on the wire of device RPC: a peer in Python over paho, written from docs/rpc-wire.md alone.

It uses MQTT as gf_mqtt_client 0.2.0 does (3.1.1, clean session, QoS 0, a subscription for each call), and is as
easily hurt: a message that would end the loop of that client for good is printed as "DEADLY reason".

peer.py call PORT TAG    reads "METHOD TARGET SUBSYSTEM PATH [JSON]" from its input, prints "CODE BODY HEADER" or "TIMEOUT"
peer.py serve PORT TAG   a device: echo, gains, create, missing; prints "ready", and each request
peer.py watch PORT       sees everything; prints "ready", and when its input ends "DEADLY …" lines and the number seen
"""

import json
import queue
import sys
import time
import uuid

import paho.mqtt.client as mqtt

NAMESPACE = "gf_int_v1"
CODES = {201, 202, 203, 204, 205, 400, 401, 402, 403, 404, 405, 406, 412, 413, 415, 500, 501, 502, 503, 504, 505}
TIMEOUT_SECONDS = 5


def say(*words):
    print(*words, flush=True)


def deadly(payload):
    """Why a message ends the loop of the reference, or None."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        message = json.loads(text)
    except ValueError:
        return None  # that one it survives
    if not isinstance(message, dict):
        return "no object: " + text
    header = message.get("header", {})
    if not isinstance(header, dict):
        return "no header: " + text
    if "response_code" in header:
        code = header["response_code"]
        if isinstance(code, bool) or not isinstance(code, int) or code not in CODES:
            return "response_code: " + text
    return None


def connect(port, tag):
    client = mqtt.Client(client_id=tag, protocol=mqtt.MQTTv311)
    connected = queue.Queue()
    client.on_connect = lambda c, u, f, rc: connected.put(rc)
    client.connect("127.0.0.1", port, keepalive=60)
    client.loop_start()
    if connected.get(timeout=20) != 0:
        raise SystemExit("not let in")
    return client


def subscribe(client, topic):
    done = queue.Queue()
    client.on_subscribe = lambda c, u, mid, granted: done.put(granted)
    client.subscribe(topic, qos=0)
    done.get(timeout=20)


def timestamp():
    return int(time.time() * 1000)


def call(port, tag):
    client = connect(port, tag)
    arrived = queue.Queue()

    def on_message(_client, _data, message):
        why = deadly(message.payload)
        if why:
            say("DEADLY", why)
        else:
            arrived.put((message.topic, json.loads(message.payload)))

    client.on_message = on_message
    subscribe(client, f"{NAMESPACE}/+/request/{tag}/+")
    for line in sys.stdin:
        method, target, subsystem, path, *rest = line.rstrip("\n").split(" ", 4)
        request_id = str(uuid.uuid4())
        response_topic = f"{NAMESPACE}/{subsystem}/response/{target}/{request_id}"
        client.subscribe(response_topic, qos=0)
        header = {
            "request_id": request_id,
            "path": path,
            "correlation_id": None,
            "source": tag,
            "token": None,
            "method": method,
        }
        body = json.loads(rest[0]) if rest else None
        client.publish(
            f"{NAMESPACE}/{subsystem}/request/{target}/{request_id}",
            json.dumps({"timestamp": timestamp(), "body": body, "header": header}),
        )
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                _topic, response = arrived.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                say("TIMEOUT")
                break
            answer = response.get("header", {})
            if answer.get("request_id") == request_id and "response_code" in answer:
                say(answer["response_code"], json.dumps(response.get("body")), json.dumps(answer, sort_keys=True))
                break
        client.unsubscribe(response_topic)
    client.disconnect()


def answer(path, method, body, gains):
    if path == "echo":
        return 205, body, {}
    if path == "gains" and method == "GET":
        return 205, list(gains), {}
    if path == "gains" and method == "PUT":
        gains[:] = body
        return 204, None, {}
    if path == "gains":
        return 405, "gains can be read and replaced", {}
    if path == "create":
        return 201, None, {"location": "items/1"}
    return 404, None, {"error_message": "there is no " + path}


def serve(port, tag):
    client = connect(port, tag)
    gains = [0, 1, 2, 3, 4]

    def on_message(_client, _data, message):
        why = deadly(message.payload)
        if why:
            say("DEADLY", why)
            return
        request = json.loads(message.payload)
        header = request["header"]
        say(json.dumps(request, sort_keys=True))
        if header["path"] == "silent":
            return
        code, body, more = answer(header["path"], header["method"], request.get("body"), gains)
        _namespace, subsystem, _type, own, request_id = message.topic.split("/")
        client.publish(
            f"{NAMESPACE}/{subsystem}/response/{own}/{request_id}",
            json.dumps(
                {
                    "header": {
                        "response_code": code,
                        "path": header["path"],
                        "request_id": header["request_id"],
                        "correlation_id": header.get("correlation_id"),
                        **more,
                    },
                    "body": body,
                    "timestamp": str(timestamp()),
                }
            ),
        )

    client.on_message = on_message
    subscribe(client, f"{NAMESPACE}/+/request/{tag}/+")
    say("ready")
    sys.stdin.read()
    client.disconnect()


def watch(port):
    client = connect(port, "watch-" + str(uuid.uuid4()))
    seen = []

    def on_message(_client, _data, message):
        why = deadly(message.payload)
        seen.append(why)
        if why:
            say("DEADLY", message.topic, why)

    client.on_message = on_message
    subscribe(client, f"{NAMESPACE}/+/+/+/+")
    say("ready")
    sys.stdin.read()
    client.disconnect()
    say("seen", len(seen))


if __name__ == "__main__":
    {"call": call, "serve": serve, "watch": watch}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
