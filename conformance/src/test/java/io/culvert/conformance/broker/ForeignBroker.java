package io.culvert.conformance.broker;

import java.net.URI;
import java.util.List;

/** A broker that somebody else has started. */
record ForeignBroker(URI mqtt, URI webSocket) implements BrokerUnderTest {

  @Override
  public List<String> newComplaints() {
    return List.of();
  }

  @Override
  public boolean isCulvert() {
    return false;
  }

  @Override
  public void close() {}
}
