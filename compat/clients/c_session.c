/*
 * A session's work with the C client (multi-threaded library). Usage: c_session HOST:PORT [CERTIFICATES]; where the library
 * has TLS, over TLS with those: files of the authority, the certificate and its key, and a password, with commas between.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

#define EXPECT(what)                                                                  \
    do {                                                                              \
        if (!(what)) {                                                                \
            fprintf(stderr, "line %d: %s\n", __LINE__, #what);                        \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected, events, last_type;

static void on_event(zhandle_t *zh, int type, int state, const char *path, void *context) {
    pthread_mutex_lock(&lock);
    if (type == ZOO_SESSION_EVENT) {
        connected = state == ZOO_CONNECTED_STATE;
    } else {
        events++;
        last_type = type;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static int wait_until(const int *value, int wanted) {
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 15;
    pthread_mutex_lock(&lock);
    int rc = 0;
    while (*value < wanted && rc == 0) {
        rc = pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    int met = *value >= wanted;
    pthread_mutex_unlock(&lock);
    return met;
}

static zhandle_t *open_session(char **argv, watcher_fn watcher, const clientid_t *same) {
#ifdef HAVE_OPENSSL_H
    if (argv[2]) {
        return zookeeper_init_ssl(argv[1], argv[2], watcher, 10000, same, 0, 0);
    }
#endif
    return zookeeper_init(argv[1], watcher, 10000, same, 0, 0);
}

int main(int argc, char **argv) {
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    zhandle_t *zh = open_session(argv, on_event, 0);
    EXPECT(zh != NULL);
    EXPECT(wait_until(&connected, 1));

    char path[256], data[256];
    struct Stat stat;
    zoo_delete(zh, "/c/e", -1);
    zoo_delete(zh, "/c/a", -1);
    zoo_delete(zh, "/c", -1);
    EXPECT(zoo_create(zh, "/c", "root", 4, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZOK);
    EXPECT(strcmp(path, "/c") == 0);
    EXPECT(zoo_create(zh, "/c", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZNODEEXISTS);
    EXPECT(zoo_create2(zh, "/c/a", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path, &stat) == ZOK);
    EXPECT(stat.version == 0 && stat.dataLength == 1);
    EXPECT(zoo_create(zh, "/c/e", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path) == ZOK);
    EXPECT(zoo_create(zh, "/c/s-", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, path, sizeof path) == ZOK);
    EXPECT(strcmp(path, "/c/s-0000000002") == 0);
    EXPECT(zoo_delete(zh, path, -1) == ZOK);

    int length = sizeof data;
    EXPECT(zoo_wget(zh, "/c/a", on_event, NULL, data, &length, &stat) == ZOK);
    EXPECT(length == 1 && data[0] == '1');
    EXPECT(zoo_set(zh, "/c/a", "22", 2, 9) == ZBADVERSION);
    EXPECT(zoo_set2(zh, "/c/a", "22", 2, 0, &stat) == ZOK && stat.version == 1);
    EXPECT(wait_until(&events, 1) && last_type == ZOO_CHANGED_EVENT);

    struct String_vector children;
    EXPECT(zoo_get_children2(zh, "/c", 0, &children, &stat) == ZOK);
    EXPECT(children.count == 2 && stat.numChildren == 2);
    deallocate_String_vector(&children);

    zoo_op_t ops[3];
    zoo_op_result_t results[3];
    zoo_check_op_init(&ops[0], "/c/a", 1);
    zoo_set_op_init(&ops[1], "/c/a", "333", 3, 1, &stat);
    zoo_delete_op_init(&ops[2], "/c/none", -1);
    EXPECT(zoo_multi(zh, 3, ops, results) == ZNONODE);
    EXPECT(zoo_multi(zh, 2, ops, results) == ZOK && stat.version == 2);

    /* The session moves to a second handle; the watch is set again there by the library after its own reconnect. */
    EXPECT(zoo_wexists(zh, "/c/later", on_event, NULL, &stat) == ZNONODE);
    const clientid_t *id = zoo_client_id(zh);
    clientid_t same = *id;
    zhandle_t *second = open_session(argv, NULL, &same);
    EXPECT(second != NULL);
    /* The first handle takes it back as soon as it has connected again, so that the second may have to ask more than once. */
    int moved = 0;
    for (int i = 0; i < 1500 && !moved; i++) {
        moved = zoo_state(second) == ZOO_CONNECTED_STATE && zoo_exists(second, "/c/e", 0, &stat) == ZOK;
        usleep(10000);
    }
    EXPECT(moved && stat.ephemeralOwner == same.client_id);
    EXPECT(zoo_client_id(second)->client_id == same.client_id);
    EXPECT(zookeeper_close(second) == ZOK);
    zookeeper_close(zh);

    connected = 0;
    zh = open_session(argv, on_event, 0);
    EXPECT(zh != NULL && wait_until(&connected, 1));
    /* The library sends a close and waits for no answer. Where the other handle took the session back in that very moment the
       close is lost, and the session expires after its timeout. */
    int gone = 0;
    for (int i = 0; i < 3000 && !gone; i++) {
        gone = zoo_exists(zh, "/c/e", 0, &stat) == ZNONODE;
        usleep(gone ? 0 : 10000);
    }
    EXPECT(gone);
    EXPECT(zoo_delete(zh, "/c/a", 2) == ZOK);
    EXPECT(zoo_delete(zh, "/c", -1) == ZOK);
    EXPECT(zookeeper_close(zh) == ZOK);
    puts("the C client is content");
    return 0;
}
