package org.quorate.cli.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Stat;

/** Commands on access rights. Stateless. */
final class AclCommands {
    private AclCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("addauth", "scheme auth", "", 1, 2, AclCommands::addAuth),
                Command.of("getAcl", "[-s] path", "s", 1, 1, AclCommands::getAcl),
                Command.of(
                        "setAcl",
                        "[-s] [-v version] [-R] path acl",
                        "s v= R",
                        2,
                        2,
                        AclCommands::setAcl),
                Command.of("whoami", "", "", 0, 0, AclCommands::whoAmI));
    }

    private static Result addAuth(Arguments arguments, Session session) {
        String auth = arguments.wordIfGiven(1);
        session.client()
                .addAuthInfo(
                        arguments.word(0),
                        auth == null ? null : auth.getBytes(StandardCharsets.UTF_8));
        return Result.NOTHING;
    }

    private static Result getAcl(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        Stat stat = new Stat();
        List<ACL> acl = session.client().getACL(arguments.path(0), stat);
        String text = AclText.print(acl);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", arguments.path(0));
        json.put("acl", AclText.json(acl));
        json.put("stat", StatView.json(stat));
        return Result.of(arguments.has("s") ? text + "\n" + StatView.text(stat) : text, json);
    }

    private static Result setAcl(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String path = arguments.path(0);
        List<ACL> acl = AclText.parse(arguments.word(1));
        int version = arguments.integer("v", -1);
        List<String> paths = new ArrayList<>(List.of(path));
        if (arguments.has("R")) {
            paths.clear();
            ZKUtil.visitSubTreeDFS(
                    session.client(), path, false, (rc, at, context, name) -> paths.add(at));
        }
        Stat stat = new Stat();
        for (String each : paths) {
            stat = session.client().setACL(each, acl, version);
        }
        return Result.of(
                arguments.has("s") ? StatView.text(stat) : "",
                Map.of("paths", paths, "stat", StatView.json(stat)));
    }

    private static Result whoAmI(Arguments arguments, Session session) throws InterruptedException {
        List<Map<String, String>> json = new ArrayList<>();
        StringBuilder text = new StringBuilder("Auth scheme: User");
        for (ClientInfo id : session.client().whoAmI()) {
            text.append('\n').append(id.getAuthScheme()).append(": ").append(id.getUser());
            json.add(Map.of("scheme", id.getAuthScheme(), "user", id.getUser()));
        }
        return Result.of(text.toString(), json);
    }
}
