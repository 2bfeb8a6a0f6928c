// A session's work with npm's `zookeeper`, which binds ZooKeeper's C client.
const assert = require('node:assert');
const { constants, Promise: ZooKeeper } = require('zookeeper');

const address = process.argv[2];
const ANY = -1;

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error('no ' + what)), 15000).unref())]);
const fails = (promise, code) => assert.rejects(() => promise, (error) => error.message.startsWith(`${code} `));

function connect() {
  const client = new ZooKeeper({
    connect: address, timeout: 10000, debug_level: constants.ZOO_LOG_LEVEL_ERROR, host_order_deterministic: true,
  });
  return within(
    new Promise((resolve) => {
      client.once('connect', () => resolve(client));
      client.init({});
    }),
    'connection');
}

async function main() {
  const one = await connect();
  const two = await connect();
  for (const path of ['/native/a', '/native/ttl', '/native']) {
    await one.delete_(path, ANY).catch(() => {});
  }
  assert.strictEqual(await one.create('/native', 'root', 0), '/native');
  await fails(one.create('/native', '', 0), constants.ZNODEEXISTS);
  await one.create('/native/a', '1', 0);
  const sequential = await one.create(
    '/native/e-', '', constants.ZOO_EPHEMERAL | constants.ZOO_SEQUENCE);
  assert.strictEqual(sequential, '/native/e-0000000001');
  await one.create('/native/ttl', '', constants.ZOO_PERSISTENT_WITH_TTL, 600000);

  const changed = within(
    new Promise((resolve) => one.w_get('/native/a', (...event) => resolve(event)).catch(resolve)), 'event');
  const children = within(
    new Promise((resolve) => one.w_get_children('/native', (...event) => resolve(event)).catch(resolve)), 'event');
  await one.exists('/native', false);
  assert.strictEqual((await two.set('/native/a', '22', 0)).version, 1);
  await fails(two.set('/native/a', '3', 0), constants.ZBADVERSION);
  await two.create('/native/later', '', 0);
  const [changedType, , changedPath] = await changed;
  assert.deepStrictEqual([changedType, changedPath], [constants.ZOO_CHANGED_EVENT, '/native/a']);
  const [childType, , childPath] = await children;
  assert.deepStrictEqual([childType, childPath], [constants.ZOO_CHILD_EVENT, '/native']);
  await two.delete_('/native/later', ANY);

  const [stat, data] = await one.get('/native/a', false);
  assert.deepStrictEqual([String(data), stat.version, stat.dataLength], ['22', 1, 2]);
  const [names] = await one.get_children2('/native', false);
  assert.deepStrictEqual(names.sort(), ['a', sequential.split('/').pop(), 'ttl']);
  await two.sync('/native');
  assert.deepStrictEqual(
    await two.get_acl('/native').then((acl) => JSON.stringify(acl).includes('anyone')), true);

  const gone = within(
    new Promise((resolve) => two.w_exists(sequential, (...event) => resolve(event)).catch(resolve)),
    'end of the ephemeral');
  await two.exists('/native', false);
  one.close();
  assert.strictEqual((await gone)[0], constants.ZOO_DELETED_EVENT);
  for (const path of ['/native/a', '/native/ttl', '/native']) {
    await two.delete_(path, ANY);
  }
  two.close();
  console.log('zookeeper of npm is content');
}

main().then(
  () => setTimeout(() => process.exit(0), 200),
  (error) => {
    console.error(error);
    process.exit(1);
  });
