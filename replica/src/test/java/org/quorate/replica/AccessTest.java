package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.AuthRequest;
import org.quorate.protocol.jute.Slice;

/** Permission checks, the cleaning of lists, and authentication (client protocol §10). */
class AccessTest {
    private static final Id ANN = new Id("digest", "ann:hash");
    private static final Id BOB = new Id("digest", "bob:hash");
    private static final Id HERE = new Id("ip", "127.0.0.1");

    private final AccessRules rules = rules(ReplicaOptions.builder(1));
    private final AclFixer fixer = fixer(true, "sasl");

    private static AccessRules rules(ReplicaOptions.Builder options) {
        return new AccessRules(options.build());
    }

    private static AclFixer fixer(boolean digest, String extraSchemes) {
        return new AclFixer(
                ReplicaOptions.builder(1)
                        .digestScheme(digest)
                        .extraAclSchemes(extraSchemes)
                        .build());
    }

    @Test
    void oneEntryWithOneOfTheWantedBitsIsEnough() {
        AclList acl = AclList.of(new Acl(Perms.READ, ANN), new Acl(Perms.ADMIN, BOB));
        assertThat(rules.allows(acl, Perms.READ, List.of(ANN))).isTrue();
        assertThat(rules.allows(acl, Perms.READ, List.of(BOB))).isFalse();
        assertThat(rules.allows(acl, Perms.READ | Perms.ADMIN, List.of(HERE, BOB))).isTrue();
        assertThat(rules.allows(acl, Perms.WRITE, List.of(ANN, BOB))).isFalse();
        assertThat(rules.allows(acl, Perms.READ, List.of())).isFalse();
    }

    @Test
    void theWorldTheSuperUserAndAnEmptyListPass() {
        AclList closed = AclList.of(new Acl(Perms.READ, ANN));
        assertThat(rules.allows(AclList.OPEN, Perms.DELETE, List.of())).isTrue();
        assertThat(rules.allows(AclList.READ_ONLY, Perms.WRITE, List.of())).isFalse();
        assertThat(rules.allows(closed, Perms.WRITE, List.of(new Id("super", "")))).isTrue();
        assertThat(rules.allows(AclList.of(), Perms.WRITE, List.of())).isTrue();
        assertThat(
                        rules(ReplicaOptions.builder(1).skipAcl(true))
                                .allows(closed, Perms.WRITE, List.of()))
                .isTrue();
        assertThat(rules.check(closed, Perms.WRITE, List.of())).isEqualTo(ErrorCode.NO_AUTH);
    }

    @Test
    void anAddressMatchesARange() {
        AclList acl = AclList.of(new Acl(Perms.ALL, new Id("ip", "127.0.0.0/8")));
        assertThat(rules.allows(acl, Perms.READ, List.of(HERE))).isTrue();
        assertThat(rules.allows(acl, Perms.READ, List.of(new Id("ip", "10.0.0.1")))).isFalse();
        assertThat(rules.allows(acl, Perms.READ, List.of(new Id("digest", "127.0.0.1")))).isFalse();
    }

    @Test
    void hashesAreHiddenFromWhoIsNoAdmin() {
        assertThat(AccessRules.redacted(new Acl(1, ANN)))
                .isEqualTo(new Acl(1, new Id("digest", "ann:x")));
        assertThat(AccessRules.redacted(new Acl(1, HERE))).isEqualTo(new Acl(1, HERE));
    }

    @Test
    void exactDuplicatesAreDroppedAndTheOrderIsKept() {
        AclList fixed =
                fix(List.of(), new Acl(1, BOB), new Acl(1, ANN), new Acl(1, BOB), new Acl(2, BOB));
        assertThat(fixed).isEqualTo(AclList.of(new Acl(1, BOB), new Acl(1, ANN), new Acl(2, BOB)));
    }

    @Test
    void authStandsForTheAuthenticatedIds() {
        Acl auth = new Acl(31, new Id("auth", "whatever"));
        assertThat(fix(List.of(HERE, ANN, BOB), auth))
                .isEqualTo(AclList.of(new Acl(31, ANN), new Acl(31, BOB)));
        assertThat(fix(List.of(HERE), auth)).isNull();
        assertThat(fix(List.of(BOB), auth)).isEqualTo(AclList.of(new Acl(31, BOB)));
    }

    @Test
    void everyIdMustBeValidForItsScheme() {
        assertThat(fix(List.of())).isNull();
        for (Id bad :
                List.of(
                        new Id("world", "someone"),
                        new Id("digest", "ann"),
                        new Id("digest", "a:b:c"),
                        new Id("digest", "ann:"),
                        new Id("ip", "nowhere"),
                        new Id("super", ""),
                        new Id("sasl", ""),
                        new Id("x509", "CN=ann"),
                        new Id("", ""))) {
            assertThat(fix(List.of(ANN), new Acl(31, ANN), new Acl(31, bad)))
                    .as("%s", bad)
                    .isNull();
        }
        assertThat(fix(List.of(), new Acl(31, new Id("sasl", "ann")))).isNotNull();
        assertThat(fix(List.of(), new Acl(64, Id.ANYONE)))
                .isEqualTo(AclList.of(new Acl(64, Id.ANYONE)));
    }

    @Test
    void theNullListIsNotValid() {
        assertThat(fixer.fix(new AclVector().setNull(), List.of(ANN))).isNull();
    }

    @Test
    void aListMayHaveSoManyEntriesAndNoMore() {
        AclFixer three = new AclFixer(ReplicaOptions.builder(1).aclEntriesMax(3).build());
        AclList full =
                AclList.of(new Acl(Perms.READ, ANN), new Acl(Perms.READ, BOB), new Acl(1, HERE));
        assertThat(three.fix(new AclVector().set(full), List.of())).isNotNull();
        List<Acl> more = new ArrayList<>(full.entries());
        more.add(new Acl(Perms.WRITE, HERE));
        assertThat(three.fix(new AclVector().set(new AclList(more)), List.of())).isNull();
        AclList auth = AclList.of(new Acl(1, new Id("auth", "")), new Acl(2, new Id("auth", "")));
        assertThat(three.fix(new AclVector().set(auth), List.of(ANN))).isNotNull();
        assertThat(three.fix(new AclVector().set(auth), List.of(ANN, BOB)))
                .as("four entries come of these two")
                .isNull();
    }

    @Test
    void aListMayHaveAsManyEntriesAsARequestHoldsUnlessTold() {
        List<Acl> entries = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
            entries.add(
                    new Acl(Perms.READ, new Id("ip", "10.%d.%d.1".formatted(i / 250, i % 250))));
        }
        AclVector many = new AclVector().set(new AclList(entries));
        AclFixer.Fixed fixed = fixer.fix(many, List.of());
        assertThat(fixed).isNotNull();
        assertThat(fixed.list.entries()).hasSameSizeAs(entries);
        assertThat(rules.allows(fixed.list, Perms.READ, List.of(new Id("ip", "10.7.8.1"))))
                .isTrue();
        assertThat(rules.allows(fixed.list, Perms.READ, List.of(HERE))).isFalse();
    }

    /** Lists short enough to be looked through say what a long one of their entries is to say. */
    @Test
    void aLongListGivesWhatItsPartsGive() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        AccessRules all =
                rules(
                        ReplicaOptions.builder(1)
                                .anySaslUser("any")
                                .schemes(List.of(new Prefixes())));
        int given = 0;
        for (int round = 0; round < 300; round++) {
            List<Acl> entries = new ArrayList<>();
            for (int i = 0; i < AccessRules.LOOKED_THROUGH_MAX + 1 + random.nextInt(40); i++) {
                entries.add(new Acl(1 << random.nextInt(5), id(random, 60)));
            }
            AclList whole = new AclList(entries);
            int half = entries.size() / 2;
            AclList one = new AclList(entries.subList(0, half));
            AclList other = new AclList(entries.subList(half, entries.size()));
            for (int i = 0; i < 50; i++) {
                List<Id> ids = List.of(id(random, 60), id(random, 60));
                int wanted = 1 + random.nextInt(31);
                boolean allowed = all.allows(one, wanted, ids) || all.allows(other, wanted, ids);
                given += allowed ? 1 : 0;
                assertThat(all.allows(whole, wanted, ids))
                        .as("seed %d, round %d: %d for %s of %s", seed, round, wanted, ids, whole)
                        .isEqualTo(allowed);
            }
        }
        assertThat(given).as("seed %d", seed).isBetween(1_000, 14_000);
    }

    private static Id id(Random random, int names) {
        int name = random.nextInt(names);
        return switch (random.nextInt(40)) {
            case 0 -> new Id("sasl", "any");
            case 1 -> new Id("sasl", "super");
            case 2 -> new Id("ip", "10.0.0.%d/%d".formatted(name, 24 + random.nextInt(9)));
            case 3 -> new Id("ip", "fe80::%d/%d".formatted(name, 120 + random.nextInt(9)));
            case 4, 5, 6, 7, 8, 9, 10, 11 -> new Id("ip", "10.0.0." + name);
            case 12, 13, 14, 15 -> new Id("ip", "fe80::" + name);
            case 16, 17, 18, 19, 20, 21 -> new Id("prefix", "p" + name);
            case 22, 23, 24, 25, 26, 27, 28 -> new Id("sasl", "user" + name);
            default -> new Id("digest", "user%d:hash".formatted(name));
        };
    }

    /** An id matches an entry that it begins with. */
    private static final class Prefixes implements Scheme {
        @Override
        public String name() {
            return "prefix";
        }

        @Override
        public boolean isAuthenticated() {
            return true;
        }

        @Override
        public boolean isValid(String id) {
            return true;
        }

        @Override
        public boolean matches(String id, String wanted) {
            return id.startsWith(wanted);
        }
    }

    @Test
    void aListSeenBeforeIsNotWorkedOutAgain() {
        AclVector open = new AclVector().set(AclList.OPEN);
        assertThat(fixer.fix(open, List.of())).isSameAs(fixer.fix(open, List.of(ANN)));
        assertThat(fixer.fix(open, List.of()).encoded.sameBytes(AclList.OPEN.encoded())).isTrue();
    }

    @Test
    void digestAuthenticationAddsTheUserAndTheSuperUser() {
        String superDigest = Authentication.digestId("super:superpw");
        Authentication authentication = new Authentication(true, superDigest, null, 100);
        Connection connection = connection(true);
        assertThat(authenticate(authentication, connection, "digest", "ann:pw")).isZero();
        assertThat(connection.ids())
                .containsExactly(HERE, new Id("digest", "ann:RYbu6l5aZwqon8VWmkcGvezdzfc="));
        assertThat(authenticate(authentication, connection, "digest", "super:superpw")).isZero();
        assertThat(connection.ids()).contains(new Id("super", ""), new Id("digest", superDigest));
        assertThat(connection.ids()).hasSize(4);
        assertThat(authenticate(authentication, connection, "digest", "ann:pw")).isZero();
        assertThat(connection.ids()).hasSize(4);
    }

    @Test
    void otherSchemesAreRefusedAndIpChangesNothing() {
        Authentication authentication = new Authentication(true, null, null, 100);
        Connection connection = connection(true);
        assertThat(authenticate(authentication, connection, "ip", "")).isZero();
        assertThat(authenticate(authentication, connection, "world", "anyone"))
                .isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(authenticate(authentication, connection, "magic", "x"))
                .isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(connection.ids()).containsExactly(HERE);
    }

    /** {@code zookeeper.DigestAuthenticationProvider.enabled=false}. */
    @Test
    void withoutTheDigestSchemeNobodyIsKnownByItAndNoListMayNameIt() {
        Authentication authentication =
                new Authentication(false, Authentication.digestId("super:superpw"), null, 100);
        Connection connection = connection(true);
        assertThat(authenticate(authentication, connection, "digest", "super:superpw"))
                .isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(connection.ids()).containsExactly(HERE);
        AclVector annAlone = new AclVector().set(AclList.of(new Acl(Perms.ALL, ANN)));
        assertThat(fixer(false, "").fix(annAlone, List.of())).isNull();
        assertThat(fixer.fix(annAlone, List.of())).isNotNull();
    }

    @Test
    void aSaslUserIsWhoIsNamedOrSuperOrStoodForByAName() {
        AclList bobs = AclList.of(new Acl(Perms.READ, new Id("sasl", "bob")));
        AclList anybodys = AclList.of(new Acl(Perms.READ, new Id("sasl", "any")));
        AccessRules any = rules(ReplicaOptions.builder(1).anySaslUser("any"));
        assertThat(rules.allows(bobs, Perms.READ, List.of(new Id("sasl", "bob")))).isTrue();
        assertThat(rules.allows(bobs, Perms.READ, List.of(new Id("sasl", "ann")))).isFalse();
        assertThat(rules.allows(bobs, Perms.READ, List.of(new Id("digest", "bob")))).isFalse();
        assertThat(rules.allows(bobs, Perms.READ, List.of(new Id("sasl", "super")))).isTrue();
        assertThat(any.allows(anybodys, Perms.READ, List.of(new Id("sasl", "ann")))).isTrue();
        assertThat(any.allows(anybodys, Perms.READ, List.of(new Id("digest", "ann")))).isFalse();
        assertThat(rules.allows(anybodys, Perms.READ, List.of(new Id("sasl", "ann")))).isFalse();
    }

    @Test
    void aSaslIdInAListIsTheNameOfAPrincipal() {
        for (String name : List.of("bob", "zk/host", "zk/host@REALM", "bob@REALM", "a/b/c")) {
            assertThat(fix(List.of(), new Acl(31, new Id("sasl", name)))).as(name).isNotNull();
        }
        for (String name : List.of("", "a@b@c", "a/b/c@REALM", "a@b/c")) {
            assertThat(fix(List.of(), new Acl(31, new Id("sasl", name)))).as(name).isNull();
        }
    }

    @Test
    void anIdWhoseProviderIsNotThereDoesNotStandForAuth() {
        AclVector auth = new AclVector().set(AclList.of(new Acl(31, new Id("auth", ""))));
        List<Id> ids = List.of(HERE, new Id("sasl", "bob"));
        assertThat(fixer(true, "").fix(auth, ids)).isNull();
        assertThat(fixer.fix(auth, ids)).isNotNull();
    }

    @Test
    void aServerThatInsistsAdmitsByScheme() {
        Authentication authentication = new Authentication(true, null, " sasl , digest ", 100);
        assertThat(authentication.admits(List.of(HERE))).isFalse();
        Connection connection = connection(false);
        authenticate(authentication, connection, "digest", "ann:pw");
        assertThat(connection.isAdmitted()).isTrue();
    }

    @Test
    void whoAmIShowsNoHash() {
        assertThat(Authentication.userOf(ANN)).isEqualTo("ann");
        assertThat(Authentication.userOf(HERE)).isEqualTo("127.0.0.1");
    }

    private AclList fix(List<Id> ids, Acl... entries) {
        AclFixer.Fixed fixed = fixer.fix(new AclVector().set(AclList.of(entries)), ids);
        return fixed == null ? null : fixed.list;
    }

    private static Connection connection(boolean admitted) {
        return new Connection(1, "127.0.0.1", List.of(HERE), admitted, new Contact());
    }

    private static int authenticate(
            Authentication authentication, Connection connection, String scheme, String auth) {
        AuthRequest request = new AuthRequest();
        request.scheme.set(Slice.of(scheme));
        request.auth.set(Slice.of(auth));
        return authentication.authenticate(request, connection);
    }
}
