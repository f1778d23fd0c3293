package io.culvert.rpc.exchange;

/** What happens when a deadline has come. */
@FunctionalInterface
interface Due {
  void due(long nowMillis);
}
