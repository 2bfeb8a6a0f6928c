// A session's work with go-zookeeper.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/samuel/go-zookeeper/zk"
)

func must(what string, ok bool, err error) {
	if err != nil || !ok {
		fmt.Fprintf(os.Stderr, "%s: ok %v, error %v\n", what, ok, err)
		os.Exit(1)
	}
}

func waitFor(what string, events <-chan zk.Event, kind zk.EventType) {
	select {
	case event := <-events:
		must(what, event.Type == kind, event.Err)
	case <-time.After(15 * time.Second):
		must(what, false, fmt.Errorf("no event"))
	}
}

func connect() *zk.Conn {
	conn, events, err := zk.Connect([]string{os.Args[1]}, 10*time.Second)
	must("connect", true, err)
	deadline := time.After(15 * time.Second)
	for {
		select {
		case event := <-events:
			if event.State == zk.StateHasSession {
				return conn
			}
		case <-deadline:
			must("session", false, nil)
		}
	}
}

func main() {
	one, two := connect(), connect()
	open := zk.WorldACL(zk.PermAll)
	for _, path := range []string{"/go/a", "/go/t", "/go"} {
		one.Delete(path, -1)
	}
	path, err := one.Create("/go", []byte("root"), 0, open)
	must("create", path == "/go", err)
	_, err = one.Create("/go", nil, 0, open)
	must("node exists", err == zk.ErrNodeExists, nil)
	_, err = one.Create("/go/a", []byte("1"), 0, open)
	must("child", true, err)
	path, err = one.Create("/go/e-", nil, zk.FlagEphemeral|zk.FlagSequence, open)
	must("ephemeral sequential", path == "/go/e-0000000001", err)
	ephemeral := path

	_, stat, dataEvents, err := one.GetW("/go/a")
	must("get", stat.Version == 0, err)
	_, _, childEvents, err := one.ChildrenW("/go")
	must("children", true, err)
	found, _, existsEvents, err := one.ExistsW("/go/later")
	must("exists", !found, err)
	stat, err = two.Set("/go/a", []byte("22"), 0)
	must("set", stat.Version == 1, err)
	_, err = two.Set("/go/a", nil, 0)
	must("bad version", err == zk.ErrBadVersion, nil)
	_, err = two.Create("/go/later", nil, 0, open)
	must("later", true, err)
	waitFor("data event", dataEvents, zk.EventNodeDataChanged)
	waitFor("child event", childEvents, zk.EventNodeChildrenChanged)
	waitFor("exists event", existsEvents, zk.EventNodeCreated)

	_, err = one.Multi(&zk.CreateRequest{Path: "/go/t", Acl: open}, &zk.DeleteRequest{Path: "/go/later", Version: -1})
	must("multi", true, err)
	_, err = one.Multi(&zk.DeleteRequest{Path: "/go/t", Version: -1}, &zk.DeleteRequest{Path: "/go/none", Version: -1})
	must("multi fails", err == zk.ErrNoNode, nil)
	found, _, err = one.Exists("/go/t")
	must("rolled back", found, err)

	must("auth", true, one.AddAuth("digest", []byte("ann:secret")))
	_, err = one.Create("/go/locked", nil, 0, zk.DigestACL(zk.PermAll, "ann", "secret"))
	must("locked", true, err)
	_, _, err = two.Get("/go/locked")
	must("no auth", err == zk.ErrNoAuth, nil)

	lock := zk.NewLock(one, "/go/lock", open)
	must("lock", true, lock.Lock())
	must("unlock", true, lock.Unlock())

	found, _, gone, err := two.ExistsW(ephemeral)
	must("ephemeral there", found, err)
	must("delete locked", true, one.Delete("/go/locked", -1))
	one.Close()
	waitFor("ephemeral gone", gone, zk.EventNodeDeleted)
	for _, path := range []string{"/go/lock", "/go/t", "/go/a", "/go"} {
		must("delete "+path, true, two.Delete(path, -1))
	}
	two.Close()
	fmt.Println("go-zookeeper is content")
}
