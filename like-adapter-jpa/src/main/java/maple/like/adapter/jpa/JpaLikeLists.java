package maple.like.adapter.jpa;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maple.like.adapter.jpa.JpaCharacterDirectory.Row;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/**
 * One statement for each page, along an index, and more only where other writers inserted invalid rows or renamed characters.
 * The number of an entry is the id of its row.
 */
record JpaLikeLists(Transactions transactions, JpaCharacterDirectory directory) implements LikeLists {
    private static final int PAST_INVALID_ROWS = 1_000;

    @Override
    public List<Entry> likersOf(GameCharacter character, long after, int limit) {
        return read(
                after,
                limit,
                (from, most) -> transactions.read(
                        "list the likers of " + character.ocid(),
                        session -> session.createSelectionQuery("""
                                        select id, likerAccountId, createdAt
                                          from CharacterLikeEntity
                                         where targetOcid = :ocid and id < :after
                                         order by id desc
                                        """, Object[].class)
                                .setParameter("ocid", character.ocid().value())
                                .setParameter("after", from)
                                .setMaxResults(most)
                                .getResultList()),
                rows -> rows.stream()
                        .flatMap(row -> RowStatements.relation(
                                (String) row[1], character.ocid().value())
                                .map(relation -> new Entry(
                                        (Long) row[0],
                                        new Relation(relation.account(), character),
                                        (Instant) row[2],
                                        character.name()))
                                .stream())
                        .toList());
    }

    @Override
    public List<Entry> likesOf(AccountId account, long after, int limit) {
        return read(
                after,
                limit,
                (from, most) -> transactions.read(
                        "list the likes of " + account,
                        session -> session.createSelectionQuery("""
                                        select l.id, c.ocid, l.createdAt, c.userIgn, n.countedAs
                                          from CharacterLikeEntity l
                                          join GameCharacterEntity c on c.ocid = l.targetOcid
                                          left join LikeCharacterEntity n on n.ocid = l.targetOcid
                                         where l.likerAccountId = :account and l.id < :after
                                         order by l.id desc
                                        """, Object[].class)
                                .setParameter("account", account.value())
                                .setParameter("after", from)
                                .setMaxResults(most)
                                .getResultList()),
                rows -> likes(
                        account,
                        rows.stream()
                                .flatMap(row -> RowStatements.relation(account.value(), (String) row[1])
                                        .map(relation -> new Like(
                                                (Long) row[0],
                                                relation.target(),
                                                (Instant) row[2],
                                                (String) row[3],
                                                (String) row[4]))
                                        .stream())
                                .toList()));
    }

    private interface Page {
        /** Reads rows whose id is smaller; it is their first column. */
        List<Object[]> read(long after, int limit);
    }

    /** Reads on past rows that are no likes: other writers may insert any. */
    private static List<Entry> read(long after, int limit, Page page, Function<List<Object[]>, List<Entry>> valid) {
        List<Entry> entries = new ArrayList<>();
        long from = after;
        boolean more = true;
        for (int most = limit; more && entries.size() < limit; most = PAST_INVALID_ROWS) {
            List<Object[]> rows = page.read(from, most);
            entries.addAll(valid.apply(rows));
            more = rows.size() == most;
            if (more) {
                from = (Long) rows.get(most - 1)[0];
            }
        }
        return entries.subList(0, Math.min(limit, entries.size()));
    }

    /** A like of a character; the name that its likes are counted under is null before the service meets it. */
    private record Like(
            long id,
            Ocid ocid,
            Instant likedAt,
            String userIgn,
            @Nullable String countedAs) {}

    private List<Entry> likes(AccountId account, List<Like> likes) {
        Map<Ocid, GameCharacter> characters = directory.characters(likes.stream()
                .map(like -> new Row(like.ocid(), like.countedAs()))
                .toList());
        Map<Ocid, List<CharacterName>> renamed = new HashMap<>();
        for (Like like : likes) {
            GameCharacter character = characters.get(like.ocid());
            if (character != null && !character.name().value().equals(like.userIgn())) {
                List<CharacterName> names = new ArrayList<>(List.of(character.name()));
                CharacterAdmission.nameIn(like.userIgn()).ifPresent(names::add);
                renamed.put(like.ocid(), names);
            }
        }
        Map<Ocid, CharacterName> leading = directory.leading(renamed);
        List<Entry> entries = new ArrayList<>();
        for (Like like : likes) {
            GameCharacter character = characters.get(like.ocid());
            if (character != null) {
                CharacterName name = renamed.containsKey(like.ocid()) ? leading.get(like.ocid()) : character.name();
                entries.add(new Entry(like.id(), new Relation(account, character), like.likedAt(), name));
            }
        }
        return entries;
    }
}
