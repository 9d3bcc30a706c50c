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
import java.util.function.Consumer;
import java.util.function.Predicate;
import maple.like.application.Decider;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.ToggleLike.Result;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
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

    private @Nullable Change unanswered;
    private int underWay;
    private long changes;

    record Change(GameCharacter target, int liker, LikeIntent intent) {
        RelationKey relation() {
            return Deployment.relation(target, liker);
        }
    }

    /** Those that can be liked. */
    private final List<GameCharacter> characters;

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
                request(instance, change);
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
        boolean alone = underWay == 0;
        long before = changes;
        Result.Done done = request(instance, change);
        if (alone && changes == before + 1 && uncertain.isEmpty()) {
            assertThat(done.status().likeCount())
                    .as("total in the answer to %s", change)
                    .isEqualTo(new LikeCount(liked(change.target(), done.decidedBy() == Decider.DATABASE)
                            .size()));
        }
    }

    private Result.Done request(Instance instance, Change change) {
        RelationKey relation = change.relation();
        boolean wasStored = deployment.rows().contains(relation.value());
        Set<Boolean> states = unflushed.computeIfAbsent(relation, first -> new HashSet<>());
        states.add(isLiked(relation));
        states.add(change.intent().appliedTo(isLiked(relation)));
        unanswered = change;
        changes++;
        underWay++;
        Result.Done done;
        try {
            Liker liker = new Liker(relation.account(), Set.of());
            done = (Result.Done) instance.toggle.change(liker, change.target().name(), change.intent());
        } finally {
            underWay--;
        }
        unanswered = null;
        // During a failover the database decides by its own rows.
        boolean before = done.decidedBy() == Decider.DATABASE ? wasStored : isLiked(relation);
        boolean liked = change.intent().appliedTo(before);
        acknowledged.put(relation, liked);
        uncertain.remove(relation);
        assertThat(done.status().liked()).as("answer to %s", change).isEqualTo(liked);
        return done;
    }

    /** What a client does that received no answer: it repeats LIKE and UNLIKE, and reads what became of a TOGGLE. */
    void retryUnanswered(Instance instance) {
        Change change = unanswered;
        unanswered = null;
        if (change != null && change.intent() == LikeIntent.TOGGLE && deployment.databaseDecides(change.target())) {
            mayBeEither(change.relation()); // the database does not know what is pending in Redis
        } else if (change != null && change.intent() == LikeIntent.TOGGLE) {
            acknowledged.put(
                    change.relation(), statusAt(instance, change.relation()).liked());
        } else if (change != null) {
            change(instance, change);
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
