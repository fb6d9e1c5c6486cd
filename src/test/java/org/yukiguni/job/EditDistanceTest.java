package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EditDistanceTest {
  @Test
  void countsInsertionsDeletionsAndSubstitutions() {
    assertThat(EditDistance.between("kitten", "sitting")).isEqualTo(3);
    assertThat(EditDistance.between("", "abc")).isEqualTo(3);
    assertThat(EditDistance.between("abc", "")).isEqualTo(3);
    assertThat(EditDistance.between("abc", "abc")).isZero();
  }

  @Test
  void onlyWhatIsNearIsLikely() {
    List<String> names = List.of("top_k", "top_p", "temperature");
    assertThat(EditDistance.likely("temprature", names)).contains("temperature");
    assertThat(EditDistance.likely("topk", names)).contains("top_k");
    assertThat(EditDistance.likely("zzzz", names)).isEmpty();
    assertThat(EditDistance.nearestFirst("top_pp", names))
        .containsExactly("top_p", "top_k", "temperature");
  }
}
