package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.only;
import static org.quorate.node.config.ValueType.yesNo;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell what operations may do. Immutable. */
final class BehaviourSettings {
    private static final SettingTable TABLE = new SettingTable(Group.BEHAVIOUR);

    static final Setting<Boolean> EXTENDED_TYPES =
            TABLE.both(
                    "extendedTypesEnabled",
                    bool(),
                    "false",
                    "TTL znodes are allowed.",
                    "tree, replica");
    static final Setting<String> EMULATE_353_TTL =
            TABLE.both(
                    "emulate353TTLNodes",
                    only("false", "the TTL encoding of 3.5.3 is not supported"),
                    "false",
                    "TTL encoding of 3.5.3.",
                    "tree");
    static final Setting<Boolean> ENFORCE_QUOTA =
            TABLE.both("enforceQuota", bool(), "false", "Hard quotas refuse writes.", "replica");
    static final Setting<Boolean> SKIP_ACL =
            TABLE.both("skipACL", yesNo(), "no", "No access checks at all.", "replica");
    static final Setting<Boolean> AUDIT =
            TABLE.both(
                    "audit.enable",
                    bool(),
                    "false",
                    "A line for each change and who made it, on ZooKeeper's audit logger.",
                    "node");

    private BehaviourSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}
