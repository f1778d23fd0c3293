package io.culvert.runtime.driver;

import io.culvert.runtime.driver.loops.GatheringTransport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Over epoll, with event loops that share a thread while they have little to do. */
@EnabledOnOs(OS.LINUX)
class SeveralShardsTcpGatheringTest extends SeveralShardsTcpNativeTest {
  @Override
  Vertx vertx(VertxOptions options) {
    return Vertx.builder().with(options).withTransport(new GatheringTransport()).build();
  }
}
