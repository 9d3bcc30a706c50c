package maple.like.adapter.jpa;

import static java.lang.Boolean.TRUE;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.domain.AccountId;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Decides about changes in place of the primary store, in any partitions that the session has locked. */
record Decisions(RowStatements statements, InstantSource clock) {

    /** One after another; empty where there is no such character. */
    List<Optional<Decision>> make(List<Change> changes) {
        Set<RelationKey> relations = new LinkedHashSet<>();
        changes.forEach(change -> relations.add(change.relation()));
        Map<Ocid, LockedCharacter> characters = statements.lockTargets(relations);
        Map<RelationKey, Long> stored = statements.find(relations);
        Answers answers = answers(changes);
        Map<RelationKey, Boolean> liked = new HashMap<>();
        Map<LockedCharacter, Long> added = new HashMap<>();
        List<Optional<Decision>> decisions = new ArrayList<>();
        for (Change change : changes) {
            LockedCharacter locked = characters.get(change.character().ocid());
            if (locked == null) {
                decisions.add(Optional.empty());
                continue;
            }
            RelationKey relation = change.relation();
            LikeStatus before = new LikeStatus(
                    liked.getOrDefault(relation, stored.containsKey(relation)),
                    new LikeCount(locked.likeCount() + added.getOrDefault(locked, 0L)));
            Optional<KeptAnswer> answer = answers.find(change);
            if (answer.isPresent()) {
                LikeStatus status = new LikeStatus(answer.get().liked(), before.likeCount());
                decisions.add(Optional.of(new Decision(status, false, true)));
                continue;
            }
            LikeStatus after = before.after(change.intent());
            answers.keep(change, after.liked());
            liked.put(relation, after.liked());
            added.merge(locked, after.likeCount().value() - before.likeCount().value(), Long::sum);
            decisions.add(Optional.of(new Decision(after, !after.equals(before))));
        }
        write(liked, stored, added);
        answers.store();
        return decisions;
    }

    private Answers answers(List<Change> changes) {
        KeptAnswerStatements rows = new KeptAnswerStatements(statements.session(), statements.vendor());
        Instant now = clock.instant();
        Map<AccountKey, KeptAnswer> known = new HashMap<>();
        rows.find(changes, now).forEach(answer -> known.put(new AccountKey(answer.account(), answer.key()), answer));
        return new Answers(rows, now, known, new ArrayList<>());
    }

    private record AccountKey(AccountId account, IdempotencyKey key) {}

    /** Answers that are stored, and those that are about to be. */
    private record Answers(
            KeptAnswerStatements rows, Instant now, Map<AccountKey, KeptAnswer> known, List<KeptAnswer> added) {
        Optional<KeptAnswer> find(Change change) {
            KeyUse use = change.use();
            KeptAnswer answer = use == null ? null : known.get(new AccountKey(change.account(), use.key()));
            if (answer != null) {
                answer.requireTarget(change.character().ocid());
            }
            return Optional.ofNullable(answer);
        }

        void keep(Change change, boolean liked) {
            KeyUse use = change.use();
            if (use != null) {
                KeptAnswer answer = KeptAnswer.of(change.relation(), liked, use);
                known.put(new AccountKey(answer.account(), answer.key()), answer);
                added.add(answer);
            }
        }

        void store() {
            if (rows.insert(added, now) < added.size()) {
                throw new IdempotencyKeyReusedException(); // in another partition, since it was not found
            }
        }
    }

    private void write(
            Map<RelationKey, Boolean> liked, Map<RelationKey, Long> stored, Map<LockedCharacter, Long> added) {
        Instant now = clock.instant();
        List<RelationKey> relations = RowStatements.inFixedOrder(liked.keySet());
        List<Long> changes = relations.stream()
                .map(relation -> (TRUE.equals(liked.get(relation)) ? 1L : 0L) - (stored.containsKey(relation) ? 1 : 0))
                .toList();
        List<RelationKey> missing = new ArrayList<>();
        List<Long> surplus = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i) > 0) {
                missing.add(relations.get(i));
            } else if (changes.get(i) < 0) {
                surplus.add(requireNonNull(stored.get(relations.get(i))));
            }
        }
        statements.insert(missing, now);
        statements.delete(surplus);
        added.values().removeIf(change -> change == 0);
        statements.addToCounts(added);
        // Unchanged relations, too: the primary store may hold another state.
        statements.insertJournal(
                relation -> statements.admission().partitions().of(relation.target()), relations, liked, changes, now);
    }
}
