"""A session's work with kazoo: every kind of operation, recipes, watches, a reconnect."""
import sys
import threading

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import BadVersionError, NodeExistsError, NoNodeError, NotEmptyError, NoAuthError
from kazoo.security import make_digest_acl

hosts = sys.argv[1]
# With a second argument, a directory with key, certificate and authority: over TLS.
tls = {}
if len(sys.argv) > 2:
    tls = dict(use_ssl=True, verify_certs=True, ca=sys.argv[2] + "/ca.pem")
    tls.update(keyfile=sys.argv[2] + "/key.pem", certfile=sys.argv[2] + "/cert.pem")
client = KazooClient(hosts=hosts, **tls, timeout=10)
client.start(timeout=15)
other = KazooClient(hosts=hosts, **tls, timeout=10)
other.start(timeout=15)

client.ensure_path("/kazoo")
client.delete("/kazoo", recursive=True)
client.ensure_path("/kazoo/work")

# Creates: plain, sequential, ephemeral, with data and Stat.
assert client.create("/kazoo/work/a", b"one") == "/kazoo/work/a"
path, stat = client.create("/kazoo/work/b", b"two", include_data=True)
assert path == "/kazoo/work/b" and stat.version == 0 and stat.dataLength == 3
first = client.create("/kazoo/work/n-", sequence=True)
second = client.create("/kazoo/work/n-", sequence=True)
assert first < second and first.endswith("0000000002"), first
client.create("/kazoo/work/e", ephemeral=True)

# Errors.
for what, error in (
    (lambda: client.create("/kazoo/work/a"), NodeExistsError),
    (lambda: client.get("/kazoo/none"), NoNodeError),
    (lambda: client.set("/kazoo/work/a", b"x", version=7), BadVersionError),
    (lambda: client.delete("/kazoo/work"), NotEmptyError),
):
    try:
        what()
    except error:
        pass
    else:
        raise AssertionError("expected %s" % error)

# Watches: data, children, exists.
fired = {}
events = {name: threading.Event() for name in ("data", "children", "exists")}


def watch(name):
    def on(event):
        fired[name] = (event.type, event.path)
        events[name].set()

    return on


client.get("/kazoo/work/a", watch=watch("data"))
client.get_children("/kazoo/work", watch=watch("children"))
client.exists("/kazoo/work/later", watch=watch("exists"))
other.set("/kazoo/work/a", b"changed")
other.create("/kazoo/work/later")
for name, event in events.items():
    assert event.wait(10), "no event: " + name
assert fired == {
    "data": ("CHANGED", "/kazoo/work/a"),
    "children": ("CHILD", "/kazoo/work"),
    "exists": ("CREATED", "/kazoo/work/later"),
}, fired

# A transaction that works and one that is rolled back.
t = client.transaction()
t.create("/kazoo/work/t")
t.set_data("/kazoo/work/t", b"in")
t.check("/kazoo/work/t", version=1)
assert [type(r).__name__ for r in t.commit()] == ["str", "ZnodeStat", "bool"]
t = client.transaction()
t.create("/kazoo/work/u")
t.delete("/kazoo/none")
results = t.commit()
assert [type(r).__name__ for r in results] == ["RolledBackError", "NoNodeError"], results
assert client.exists("/kazoo/work/u") is None

# Access lists and authentication.
acl = make_digest_acl("ann", "secret", all=True)
client.create("/kazoo/locked", b"mine", acl=[acl])
try:
    other.get("/kazoo/locked")
except NoAuthError:
    pass
else:
    raise AssertionError("no access control")
other.add_auth("digest", "ann:secret")
assert other.get("/kazoo/locked")[0] == b"mine"

# Recipes.
with client.Lock("/kazoo/lock", "me"):
    assert not other.Lock("/kazoo/lock", "you").acquire(blocking=False)
queue = client.LockingQueue("/kazoo/queue")
queue.put(b"item")
assert queue.get(timeout=5) == b"item" and queue.consume()
counter = client.Counter("/kazoo/counter")
counter += 3
assert counter.value == 3

# The connection breaks: same session, ephemeral still there.
session = client.client_id[0]
reconnected = threading.Event()
client.add_listener(lambda state: reconnected.set() if state == KazooState.CONNECTED else None)
client._connection._socket.shutdown(2)
assert reconnected.wait(15)
client.sync("/kazoo")
assert client.client_id[0] == session and client.exists("/kazoo/work/e")

# The session closes: the ephemeral goes.
gone = threading.Event()
other.exists("/kazoo/work/e", watch=lambda event: gone.set())
client.stop()
assert gone.wait(10) and other.exists("/kazoo/work/e") is None
other.delete("/kazoo", recursive=True)
other.stop()
print("kazoo is content")
