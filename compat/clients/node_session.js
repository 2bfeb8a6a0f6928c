// A session's work with node-zookeeper-client.
const assert = require('node:assert');
const zookeeper = require('node-zookeeper-client');

const { CreateMode, Event, Exception, ACL, Permission, Id } = zookeeper;
const address = process.argv[2];
const call = (client, method, ...args) =>
  new Promise((resolve, reject) =>
    client[method](...args, (error, ...results) => (error ? reject(error) : resolve(results))));
const fails = async (promise, code) => {
  await assert.rejects(promise, (error) => error.getCode && error.getCode() === code);
};
const within = (promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error('no ' + what)), 15000).unref())]);

function connect() {
  const client = zookeeper.createClient(address, { sessionTimeout: 10000 });
  return within(
    new Promise((resolve) => {
      client.once('connected', () => resolve(client));
      client.connect();
    }),
    'connection');
}

async function main() {
  const one = await connect();
  const two = await connect();
  for (const path of ['/node/a', '/node/later', '/node']) {
    await call(one, 'remove', path).catch(() => {});
  }
  assert.deepStrictEqual(await call(one, 'create', '/node', Buffer.from('root')), ['/node']);
  await fails(call(one, 'create', '/node'), Exception.NODE_EXISTS);
  await call(one, 'create', '/node/a', Buffer.from('1'));
  const [sequential] = await call(one, 'create', '/node/e-', null, CreateMode.EPHEMERAL_SEQUENTIAL);
  assert.strictEqual(sequential, '/node/e-0000000001');

  const events = [];
  const three = within(
    new Promise((resolve) => {
      const on = (event) => {
        events.push([event.getType(), event.getPath()]);
        if (events.length === 3) resolve();
      };
      one.getData('/node/a', on, () => {});
      one.getChildren('/node', on, () => {});
      one.exists('/node/later', on, () => {});
    }),
    'events');
  await call(one, 'exists', '/node');
  const [stat] = await call(two, 'setData', '/node/a', Buffer.from('22'), 0);
  assert.strictEqual(stat.version, 1);
  await fails(call(two, 'setData', '/node/a', Buffer.from('3'), 0), Exception.BAD_VERSION);
  await call(two, 'create', '/node/later');
  await three;
  assert.deepStrictEqual(
    events.sort((a, b) => a[0] - b[0]),
    [
      [Event.NODE_CREATED, '/node/later'],
      [Event.NODE_DATA_CHANGED, '/node/a'],
      [Event.NODE_CHILDREN_CHANGED, '/node'],
    ]);

  await new Promise((resolve, reject) =>
    one.transaction().create('/node/t').setData('/node/t', Buffer.from('x')).remove('/node/t')
      .commit((error) => (error ? reject(error) : resolve())));

  one.addAuthInfo('digest', Buffer.from('ann:secret'));
  await call(one, 'create', '/node/locked', null, [new ACL(Permission.ALL, new Id('auth', ''))]);
  await fails(call(two, 'getData', '/node/locked'), Exception.NO_AUTH);
  await call(one, 'remove', '/node/locked');

  // The connection breaks: same session, the watch is set again.
  const session = one.getSessionId().toString('hex');
  const again = within(new Promise((resolve) => one.once('connected', resolve)), 'reconnect');
  const changed = within(new Promise((resolve) => one.getData('/node/a', resolve, () => {})), 'event');
  await call(one, 'exists', '/node');
  one.connectionManager.socket.destroy();
  await again;
  assert.strictEqual(one.getSessionId().toString('hex'), session);
  await call(two, 'setData', '/node/a', Buffer.from('333'));
  assert.strictEqual((await changed).getType(), Event.NODE_DATA_CHANGED);

  const gone = within(new Promise((resolve) => two.exists(sequential, resolve, () => {})), 'end of the ephemeral');
  await call(two, 'exists', '/node');
  one.close();
  assert.strictEqual((await gone).getType(), Event.NODE_DELETED);
  for (const path of ['/node/a', '/node/later', '/node']) {
    await call(two, 'remove', path);
  }
  two.close();
  console.log('node-zookeeper-client is content');
}

main().then(
  () => setTimeout(() => process.exit(0), 200),
  (error) => {
    console.error(error);
    process.exit(1);
  });
