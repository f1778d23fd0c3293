package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.runtime.driver.loops.GatheringTransport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NodeTest {
  private static final Class<?> GATHERING = new GatheringTransport().implementation().getClass();

  @Test
  @EnabledOnOs(OS.LINUX)
  void eventLoopsGatherWhereTheyMay() throws Exception {
    assertThat(transport(true)).isSameAs(GATHERING);
  }

  @Test
  void eventLoopsKeepTheirThreadsWhereTheyMayNotGather() throws Exception {
    assertThat(transport(false)).isNotSameAs(GATHERING);
  }

  private static Class<?> transport(boolean gather) throws Exception {
    Vertx vertx = Node.builder(new VertxOptions().setPreferNativeTransport(true), gather).build();
    try {
      return ((VertxInternal) vertx).transport().getClass();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
