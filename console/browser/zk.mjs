// As much of a ZooKeeper client as the browser tests need to fill a tree: sessions, creates, watches. Requests are
// sent without waiting for the one before; answers come in order.
import net from "node:net";

const OPEN_ACL = acl(31, "world", "anyone");

function acl(perms, scheme, id) {
  return { perms, scheme, id };
}

class Out {
  parts = [];
  int(n) {
    const b = Buffer.alloc(4);
    b.writeInt32BE(n);
    this.parts.push(b);
    return this;
  }
  long(n) {
    const b = Buffer.alloc(8);
    b.writeBigInt64BE(BigInt(n));
    this.parts.push(b);
    return this;
  }
  bool(v) {
    this.parts.push(Buffer.from([v ? 1 : 0]));
    return this;
  }
  buffer(bytes) {
    this.int(bytes.length).parts.push(bytes);
    return this;
  }
  string(text) {
    return this.buffer(Buffer.from(text, "utf8"));
  }
  acls(list) {
    this.int(list.length);
    for (const each of list) {
      this.int(each.perms).string(each.scheme).string(each.id);
    }
    return this;
  }
  frame() {
    const body = Buffer.concat(this.parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}

export class Zk {
  #socket;
  #waiting = [];
  #xid = 0;
  #pending = Buffer.alloc(0);

  static async connect(port, timeoutMillis = 30_000) {
    const zk = new Zk();
    zk.#socket = net.connect(port, "127.0.0.1");
    zk.#socket.on("data", (bytes) => zk.#received(bytes));
    zk.#socket.on("error", () => {});
    zk.closed = new Promise((resolve) => zk.#socket.on("close", resolve));
    await new Promise((resolve, reject) => {
      zk.#socket.once("connect", resolve);
      zk.#socket.once("error", reject);
    });
    const greeting = new Out().int(0).long(0).int(timeoutMillis).long(0).buffer(Buffer.alloc(16)).bool(false);
    const answer = await zk.#send(greeting.frame());
    const givenMillis = answer.readInt32BE(4); // the server may give less than was asked for
    zk.sessionId = answer.readBigInt64BE(8);
    zk.pings = setInterval(() => zk.#socket.write(new Out().int(-2).int(11).frame()), givenMillis / 3);
    return zk;
  }

  #send(frame) {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(frame);
    });
  }

  #received(bytes) {
    this.#pending = this.#pending.length ? Buffer.concat([this.#pending, bytes]) : bytes;
    let at = 0;
    while (this.#pending.length - at >= 4) {
      const length = this.#pending.readInt32BE(at);
      if (this.#pending.length - at - 4 < length) {
        break;
      }
      const frame = this.#pending.subarray(at + 4, at + 4 + length);
      at += 4 + length;
      const xid = length >= 4 ? frame.readInt32BE(0) : 0;
      if (xid !== -2 && xid !== -1) {
        this.#waiting.shift()?.(Buffer.from(frame));
      }
    }
    this.#pending = Buffer.from(this.#pending.subarray(at));
  }

  async #request(op, fill) {
    const out = new Out().int(++this.#xid).int(op);
    fill(out);
    const answer = await this.#send(out.frame());
    const error = answer.readInt32BE(12);
    if (error !== 0) {
      throw new Error(`operation ${op}: error ${error}`);
    }
    return answer.subarray(16);
  }

  create(path, data = "", { flags = 0, acls = [OPEN_ACL] } = {}) {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data, "utf8");
    return this.#request(1, (out) => out.string(path).buffer(bytes).acls(acls).int(flags));
  }

  set(path, data) {
    return this.#request(5, (out) => out.string(path).buffer(Buffer.from(data, "utf8")).int(-1));
  }

  async get(path, watch = false) {
    const answer = await this.#request(4, (out) => out.string(path).bool(watch));
    const length = answer.readInt32BE(0);
    return length < 0 ? null : answer.subarray(4, 4 + length);
  }

  auth(user) {
    const frame = new Out().int(-4).int(100).int(0).string("digest").buffer(Buffer.from(user)).frame();
    return this.#send(frame);
  }

  close() {
    clearInterval(this.pings);
    this.#socket.destroy();
  }
}

/** Many creates, so many under way at a time. */
export async function fill(zk, count, pathOf, dataOf = () => "", underWay = 1000) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const i = next++;
      await zk.create(pathOf(i), dataOf(i));
    }
  };
  await Promise.all(Array.from({ length: Math.min(underWay, count) }, worker));
}

export { acl };
