package maple.like.bootstrap.crash;

import static maple.like.bootstrap.crash.Deployment.account;
import static maple.like.bootstrap.crash.Deployment.relation;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.Decider;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.ToggleLike.Result;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** The clients of the service, and what they must find: a map of what was acknowledged to them. */
final class Clients {
    private final Deployment deployment;
    private final Map<RelationKey, Boolean> acknowledged = new HashMap<>();

    /** Relations whose acknowledged state may be lost, and the states that they may have. */
    private final Map<RelationKey, Set<Boolean>> uncertain = new HashMap<>();

    /** Relations that were changed since the last flush, with their states since then. */
    private final Map<RelationKey, Set<Boolean>> unflushed = new HashMap<>();

    private @Nullable Attempt unanswered;
    private @Nullable Attempt lastToggle;
    private @Nullable Decider lastDecider;
    private int underWay;
    private long changes;

    record Change(GameCharacter target, int liker, LikeIntent intent) {
        RelationKey relation() {
            return Deployment.relation(target, liker);
        }
    }

    /** Those that can be liked. */
    private final List<GameCharacter> characters;

    /**
     * A change under way.
     *
     * @param key of a toggle, which marks its repetition, too
     * @param expected what its first attempt may have made of the relation
     */
    private record Attempt(Change change, @Nullable IdempotencyKey key, Set<Boolean> expected) {}

    Clients(Deployment deployment) {
        this.deployment = deployment;
        this.characters = new ArrayList<>(deployment.characters);
    }

    Clients copy() {
        Clients copy = new Clients(deployment);
        copy.acknowledged.putAll(acknowledged);
        unflushed.forEach((relation, states) -> copy.unflushed.put(relation, new HashSet<>(states)));
        return copy;
    }

    /** Likes that were stored before any instance started. */
    void stored(GameCharacter target, int... likers) {
        for (int liker : likers) {
            deployment.insertRow(relation(target, liker));
            acknowledged.put(relation(target, liker), true);
        }
    }

    // Changes

    /** @param all such as {@code Adele: like 11, unlike 1; Kanna: toggle 2} */
    void change(Instance instance, String all) {
        forEach(all, change -> change(instance, change));
    }

    /** The changes may be refused, for example because a flush holds the lock. */
    void changeIfPossible(Instance instance, String all) {
        forEach(all, change -> {
            try {
                request(instance, first(change));
            } catch (LikesUnavailableException refused) {
                unanswered = null; // nothing was changed
            }
        });
    }

    private void forEach(String all, Consumer<Change> consumer) {
        for (String ofCharacter : all.split("; ")) {
            String[] words = ofCharacter.split("[:,]? ");
            CharacterName name = new CharacterName(words[0]);
            GameCharacter target = character(each -> each.name().equals(name));
            for (int i = 1; i < words.length; i += 2) {
                LikeIntent intent = LikeIntent.valueOf(words[i].toUpperCase(Locale.ROOT));
                consumer.accept(new Change(target, Integer.parseInt(words[i + 1]), intent));
            }
        }
    }

    private GameCharacter character(Predicate<GameCharacter> which) {
        return characters.stream().filter(which).findFirst().orElseThrow();
    }

    /** The answer has to be exact, its total too unless other changes overlap. */
    void change(Instance instance, Change change) {
        change(instance, first(change));
    }

    private void change(Instance instance, Attempt attempt) {
        Change change = attempt.change();
        boolean alone = underWay == 0;
        long before = changes;
        Result.Done done = request(instance, attempt);
        if (alone && changes == before + 1 && uncertain.isEmpty()) {
            assertThat(done.status().likeCount())
                    .as("total in the answer to %s", change)
                    .isEqualTo(new LikeCount(liked(change.target(), done.decidedBy() == Decider.DATABASE)
                            .size()));
        }
    }

    private Attempt first(Change change) {
        boolean toggles = change.intent() == LikeIntent.TOGGLE;
        return new Attempt(
                change, toggles ? new IdempotencyKey(UUID.randomUUID().toString()) : null, possible(change));
    }

    /** What a change may make of its relation. During a failover the database decides by its own rows. */
    private Set<Boolean> possible(Change change) {
        RelationKey relation = change.relation();
        return Stream.of(isLiked(relation), deployment.rows().contains(relation.value()))
                .map(change.intent()::appliedTo)
                .collect(Collectors.toSet());
    }

    private Result.Done request(Instance instance, Attempt attempt) {
        Change change = attempt.change();
        RelationKey relation = change.relation();
        boolean wasStored = deployment.rows().contains(relation.value());
        Set<Boolean> states = unflushed.computeIfAbsent(relation, first -> new HashSet<>());
        states.add(isLiked(relation));
        states.add(change.intent().appliedTo(isLiked(relation)));
        unanswered = attempt;
        changes++;
        underWay++;
        Result.Done done;
        try {
            Liker liker = new Liker(relation.account(), Set.of());
            done = (Result.Done) instance.toggle.change(liker, change.target().name(), change.intent(), attempt.key());
        } finally {
            underWay--;
        }
        unanswered = null;
        boolean before = done.decidedBy() == Decider.DATABASE ? wasStored : isLiked(relation);
        boolean liked = change.intent().appliedTo(before);
        if (done.repeated()) {
            liked = done.status().liked();
            assertThat(attempt.expected()).as("first answer to %s", change).contains(liked);
        }
        acknowledged.put(relation, liked);
        uncertain.remove(relation);
        assertThat(done.status().liked()).as("answer to %s", change).isEqualTo(liked);
        if (attempt.key() != null) {
            lastToggle = new Attempt(change, attempt.key(), Set.of(liked));
            lastDecider = done.decidedBy();
        }
        return done;
    }

    /** What a client does that received no answer: it repeats the change, a toggle with its key. */
    void retryUnanswered(Instance instance) {
        Attempt attempt = unanswered;
        unanswered = null;
        if (attempt != null) {
            change(instance, attempt);
        }
    }

    /** Repeats the last toggle that was answered, which has the same answer. */
    void repeatAnswered(Instance instance) {
        Attempt attempt = lastToggle;
        if (attempt != null) {
            Decider before = lastDecider;
            boolean liked = isLiked(attempt.change().relation());
            Result.Done done = request(instance, attempt);
            // The database does not know what is pending in Redis, and decides anew.
            if (before == Decider.DATABASE || done.decidedBy() == Decider.PRIMARY) {
                assertThat(done.repeated()).as("repeated: %s", attempt.change()).isTrue();
                acknowledged.put(attempt.change().relation(), liked);
            }
        }
    }

    // What may be lost

    /** Redis lost everything: each change that is not stored is lost, unless a flush under way stores it. */
    void loseUnstored() {
        Set<String> rows = deployment.rows();
        acknowledged.forEach((relation, liked) -> {
            if (liked != rows.contains(relation.value())) {
                mayBeEither(relation);
            }
        });
    }

    void mayBeEither(RelationKey relation) {
        uncertain.put(relation, Set.of(true, false));
    }

    /** What was acknowledged until now survives the death of every instance. */
    void flushed() {
        unflushed.clear();
    }

    /** The memory is lost of the instance that acknowledged. */
    void loseUnflushed() {
        uncertain.putAll(unflushed);
        unflushed.clear();
    }

    boolean areUncertain() {
        return !uncertain.isEmpty();
    }

    /** Reads what became of changes that may be lost; that holds from now on. */
    void acceptLosses(Instance instance) {
        uncertain.forEach((relation, states) -> {
            boolean liked = statusAt(instance, relation).liked();
            assertThat(states).as("states that %s may have", relation.value()).contains(liked);
            acknowledged.put(relation, liked);
        });
        uncertain.clear();
    }

    // What operators do

    /** From now on the account likes nothing. */
    void erased(int liker) {
        acknowledged.replaceAll(
                (relation, liked) -> liked && !relation.account().equals(account(liker)));
        uncertain.keySet().removeIf(relation -> relation.account().equals(account(liker)));
    }

    /** From now on likes of a character are likes of its successor. */
    void merged(GameCharacter gone, GameCharacter successor) {
        characters.remove(gone);
        Map.copyOf(acknowledged).forEach((relation, liked) -> {
            if (relation.target().equals(gone.ocid())) {
                acknowledged.remove(relation);
                acknowledged.merge(new RelationKey(relation.account(), successor.ocid()), liked, Boolean::logicalOr);
            }
        });
    }

    // What they must find

    private boolean isLiked(RelationKey relation) {
        return acknowledged.getOrDefault(relation, false);
    }

    Set<String> liked() {
        Set<String> liked = new TreeSet<>();
        acknowledged.keySet().stream().filter(this::isLiked).forEach(relation -> liked.add(relation.value()));
        return liked;
    }

    private Set<String> liked(GameCharacter target, boolean databaseDecides) {
        Set<String> liked = databaseDecides ? deployment.rows() : liked();
        liked.removeIf(relation -> !relation.endsWith(":" + target.ocid().value()));
        return liked;
    }

    /** What a client reads that has liked nothing. */
    LikeStatus status(Instance instance, GameCharacter character) {
        return instance.read.status(account(0), character.name()).orElseThrow();
    }

    private LikeStatus statusAt(Instance instance, RelationKey relation) {
        GameCharacter target = character(each -> each.ocid().equals(relation.target()));
        return instance.read.status(relation.account(), target.name()).orElseThrow();
    }

    void checkTotals(Instance instance) {
        if (uncertain.isEmpty()) {
            for (GameCharacter character : characters) {
                int total =
                        liked(character, deployment.databaseDecides(character)).size();
                assertThat(status(instance, character))
                        .as("status of %s", character.name())
                        .isEqualTo(new LikeStatus(false, new LikeCount(total)));
            }
        }
    }

    /** Every answer is exact, with totals that Redis holds and with totals that are computed anew. */
    void checkAnswers(Instance instance) {
        checkTotals(instance);
        deployment.expireTotals();
        for (GameCharacter character : characters) {
            Set<String> expected = liked(character, deployment.databaseDecides(character));
            acknowledged.keySet().stream()
                    .filter(relation -> relation.target().equals(character.ocid()) && !uncertain.containsKey(relation))
                    .forEach(relation -> {
                        LikeStatus status = statusAt(instance, relation);
                        assertThat(status.liked())
                                .as("%s is liked", relation.value())
                                .isEqualTo(expected.contains(relation.value()));
                        if (uncertain.isEmpty()) {
                            assertThat(status.likeCount().value())
                                    .as("count of %s", character.name())
                                    .isEqualTo(expected.size());
                        }
                    });
        }
    }
}
