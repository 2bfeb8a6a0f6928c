package org.quorate.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** Access control lists as zkCli reads and prints them. Stateless. */
final class AclText {
    private static final String LETTERS = "cdrwa";
    private static final int[] PERMS = {
        ZooDefs.Perms.CREATE,
        ZooDefs.Perms.DELETE,
        ZooDefs.Perms.READ,
        ZooDefs.Perms.WRITE,
        ZooDefs.Perms.ADMIN
    };

    private AclText() {}

    /**
     * Reads {@code scheme:id:perms}, several separated by commas; the id may have colons in it.
     *
     * @throws Failure naming the part that does not fit
     */
    static List<ACL> parse(String text) throws Failure {
        List<ACL> acl = new ArrayList<>();
        for (String entry : text.split(",")) {
            int first = entry.indexOf(':');
            int last = entry.lastIndexOf(':');
            if (first < 0 || first == last) {
                throw Failure.wrongUse(entry + " does not have the form scheme:id:perm");
            }
            Id id = new Id(entry.substring(0, first), entry.substring(first + 1, last));
            acl.add(new ACL(perms(entry.substring(last + 1)), id));
        }
        return acl;
    }

    static String print(List<ACL> acl) {
        StringBuilder text = new StringBuilder();
        for (ACL entry : acl) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append('\'')
                    .append(entry.getId().getScheme())
                    .append(",'")
                    .append(entry.getId().getId())
                    .append("\n: ")
                    .append(letters(entry.getPerms()));
        }
        return text.toString();
    }

    static List<Map<String, String>> json(List<ACL> acl) {
        List<Map<String, String>> json = new ArrayList<>();
        for (ACL entry : acl) {
            Map<String, String> fields = new java.util.LinkedHashMap<>();
            fields.put("scheme", entry.getId().getScheme());
            fields.put("id", entry.getId().getId());
            fields.put("perms", letters(entry.getPerms()));
            json.add(fields);
        }
        return json;
    }

    private static int perms(String letters) throws Failure {
        int perms = 0;
        for (int i = 0; i < letters.length(); i++) {
            int which = LETTERS.indexOf(letters.charAt(i));
            if (which < 0) {
                throw Failure.wrongUse(
                        "Unknown perm type: %s; there are %s"
                                .formatted(letters.charAt(i), LETTERS));
            }
            perms |= PERMS[which];
        }
        return perms;
    }

    private static String letters(int perms) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < PERMS.length; i++) {
            if ((perms & PERMS[i]) != 0) {
                letters.append(LETTERS.charAt(i));
            }
        }
        return letters.toString();
    }
}
