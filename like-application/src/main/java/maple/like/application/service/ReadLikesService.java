package maple.like.application.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;

record ReadLikesService(CharacterResolver characters, LikeToggle likes) implements ReadLikes {
    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return characters.resolve(name, account).flatMap(character -> likes.status(account, character));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return characters.find(name).flatMap(likes::count);
    }

    @Override
    public Batch<LikeStatus> statuses(AccountId account, Collection<CharacterName> names) {
        return read(
                names,
                found -> likes
                        .statuses(found.stream()
                                .map(character -> new Relation(account, character))
                                .toList())
                        .entrySet()
                        .stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().character(), Map.Entry::getValue)));
    }

    @Override
    public Batch<LikeCount> counts(Collection<CharacterName> names) {
        return read(names, likes::counts);
    }

    private <T> Batch<T> read(
            Collection<CharacterName> names, Function<Set<GameCharacter>, Map<GameCharacter, T>> source) {
        Map<CharacterName, GameCharacter> known = characters.find(names);
        Map<GameCharacter, T> read = known.isEmpty() ? Map.of() : source.apply(new HashSet<>(known.values()));
        Map<CharacterName, T> found = new LinkedHashMap<>();
        List<CharacterName> unknown = new ArrayList<>();
        for (CharacterName name : new LinkedHashSet<>(names)) {
            GameCharacter character = known.get(name);
            T value = character == null ? null : read.get(character);
            if (value == null) {
                unknown.add(name);
            } else {
                found.put(name, value);
            }
        }
        return new Batch<>(found, unknown);
    }
}
