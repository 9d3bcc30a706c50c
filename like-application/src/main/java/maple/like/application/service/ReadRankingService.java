package maple.like.application.service;

import java.util.ArrayList;
import java.util.List;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRanking.Counted;

record ReadRankingService(CharacterRanking source) implements ReadRanking {
    @Override
    public Ranking ranking(int limit) {
        CharacterRanking.Ranking ranking = source.read();
        List<Ranked> ranked = new ArrayList<>();
        for (Counted counted : ranking.characters()
                .subList(0, Math.min(limit, ranking.characters().size()))) {
            Ranked last = ranked.isEmpty() ? null : ranked.get(ranked.size() - 1);
            int rank = last != null && last.likeCount().equals(counted.likeCount()) ? last.rank() : ranked.size() + 1;
            ranked.add(new Ranked(rank, counted.name(), counted.likeCount()));
        }
        return new Ranking(ranking.asOf(), ranked);
    }
}
