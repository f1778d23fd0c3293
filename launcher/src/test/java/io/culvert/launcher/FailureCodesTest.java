package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.MqttClientFailure;
import io.culvert.runtime.bus.CulvertFailure;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.RpcFailure;
import io.culvert.runtime.bus.TcpFailure;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Here are all modules: whoever sees a code knows which failure it is. */
class FailureCodesTest {
  @Test
  void noTwoFailuresShareACode() {
    List<CulvertFailure> all =
        Stream.<CulvertFailure[]>of(
                MqttFailure.values(),
                MqttClientFailure.values(),
                TcpFailure.values(),
                RpcFailure.values())
            .flatMap(Stream::of)
            .toList();
    assertThat(all).extracting(CulvertFailure::code).doesNotHaveDuplicates();
  }

  @Test
  void codesOfTheMessageServiceStartAt3000() {
    assertThat(TcpFailure.TOO_LONG.code()).isEqualTo(3000);
    assertThat(TcpFailure.PEER_UNKNOWN.code()).isEqualTo(3001);
  }
}
