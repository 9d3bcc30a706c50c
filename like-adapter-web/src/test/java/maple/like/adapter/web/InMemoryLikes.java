package maple.like.adapter.web;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Likes in a set. Every name is a character's, but for those that begin with {@link #NOBODY}, {@link #OUTAGE},
 * {@link #LOOKUP_OUTAGE} and {@link #DEFECT}. Tests keep apart by taking fresh names.
 */
final class InMemoryLikes implements ToggleLike, ReadLikes {
    static final String NOBODY = "없는";
    static final String OUTAGE = "점검";
    static final String DEFECT = "고장";
    static final String LOOKUP_OUTAGE = "조회";
    static final String SECRET_OF_DEFECT = "jdbc:postgresql://10.1.2.3/likes";

    private static final AtomicLong NAMES = new AtomicLong();

    private final Set<RelationKey> relations = ConcurrentHashMap.newKeySet();

    static String freshName() {
        return "단풍" + NAMES.incrementAndGet();
    }

    static Ocid ocidOf(String name) {
        return new Ocid(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", ""));
    }

    @Override
    public Result apply(Liker liker, CharacterName name, LikeIntent intent) {
        Optional<Ocid> found = find(name);
        if (found.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        Ocid ocid = found.get();
        if (!liker.mayLike(ocid)) {
            return new Result.SelfLike();
        }
        RelationKey relation = liker.relationTo(ocid);
        boolean liked = intent.appliedTo(relations.contains(relation));
        if (liked) {
            relations.add(relation);
        } else {
            relations.remove(relation);
        }
        return new Result.Done(new LikeStatus(liked, likesOf(ocid)));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return find(name)
                .map(ocid -> new LikeStatus(relations.contains(new RelationKey(account, ocid)), likesOf(ocid)));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return find(name).map(this::likesOf);
    }

    private LikeCount likesOf(Ocid ocid) {
        return new LikeCount(relations.stream()
                .filter(relation -> relation.target().equals(ocid))
                .count());
    }

    private static Optional<Ocid> find(CharacterName name) {
        if (name.value().startsWith(OUTAGE)) {
            throw new StoreUnavailableException(SECRET_OF_DEFECT, new IllegalStateException());
        }
        if (name.value().startsWith(LOOKUP_OUTAGE)) {
            throw new CharacterLookupUnavailableException(SECRET_OF_DEFECT);
        }
        if (name.value().startsWith(DEFECT)) {
            throw new IllegalStateException(SECRET_OF_DEFECT);
        }
        return name.value().startsWith(NOBODY) ? Optional.empty() : Optional.of(ocidOf(name.value()));
    }
}
