package org.quorate.cli.shell;

import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.zookeeper.data.Stat;

/** A Stat as zkCli prints it, and as JSON. Stateless. */
final class StatView {
    private StatView() {}

    static String text(Stat stat) {
        return """
        cZxid = 0x%x
        ctime = %s
        mZxid = 0x%x
        mtime = %s
        pZxid = 0x%x
        cversion = %d
        dataVersion = %d
        aclVersion = %d
        ephemeralOwner = 0x%x
        dataLength = %d
        numChildren = %d\
        """
                .formatted(
                        stat.getCzxid(),
                        date(stat.getCtime()),
                        stat.getMzxid(),
                        date(stat.getMtime()),
                        stat.getPzxid(),
                        stat.getCversion(),
                        stat.getVersion(),
                        stat.getAversion(),
                        stat.getEphemeralOwner(),
                        stat.getDataLength(),
                        stat.getNumChildren());
    }

    static Map<String, Object> json(Stat stat) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("czxid", stat.getCzxid());
        json.put("mzxid", stat.getMzxid());
        json.put("pzxid", stat.getPzxid());
        json.put("ctime", stat.getCtime());
        json.put("mtime", stat.getMtime());
        json.put("version", stat.getVersion());
        json.put("cversion", stat.getCversion());
        json.put("aversion", stat.getAversion());
        json.put("ephemeralOwner", "0x" + Long.toHexString(stat.getEphemeralOwner()));
        json.put("dataLength", stat.getDataLength());
        json.put("numChildren", stat.getNumChildren());
        return json;
    }

    @SuppressWarnings("JavaUtilDate") // its text is zkCli's format
    private static String date(long millis) {
        return new Date(millis).toString();
    }
}
