package io.culvert.mqtt.server;

import java.util.Map;

/**
 * Which shard owns the session of a Client Identifier: one for all shards of a broker. Each change
 * is one operation of the map, so with a concurrent map all shards may use it at the same time.
 */
public final class ClientDirectory {
  /** No shard has this client. */
  static final int NOBODY = -1;

  private final Map<String, Integer> owners;

  /**
   * @param owners a concurrent map where the shards have threads of their own
   */
  public ClientDirectory(Map<String, Integer> owners) {
    this.owners = owners;
  }

  /** From now on this shard is the owner; returns who was, perhaps itself, or {@link #NOBODY}. */
  int claim(String clientId, int shard) {
    Integer before = owners.put(clientId, shard);
    return before == null ? NOBODY : before;
  }

  /** Claims an identifier that nobody has; false when somebody has it. */
  boolean claimNew(String clientId, int shard) {
    return owners.putIfAbsent(clientId, shard) == null;
  }

  /** The session is over, unless another shard has claimed it meanwhile. */
  void release(String clientId, int shard) {
    owners.remove(clientId, shard);
  }

  boolean contains(String clientId) {
    return owners.containsKey(clientId);
  }

  /** Sessions of all shards. */
  public int size() {
    return owners.size();
  }
}
