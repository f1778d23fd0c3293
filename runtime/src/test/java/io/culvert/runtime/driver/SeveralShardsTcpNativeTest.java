package io.culvert.runtime.driver;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Over epoll. */
@EnabledOnOs(OS.LINUX)
class SeveralShardsTcpNativeTest extends SeveralShardsTcpNioTest {
  @Override
  boolean nativeTransport() {
    return true;
  }
}
