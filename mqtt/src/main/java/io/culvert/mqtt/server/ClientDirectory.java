package io.culvert.mqtt.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which shard has the session of a Client Identifier: one for all shards of a broker. Each change
 * is one operation of the map, so with a concurrent map all shards may use it at the same time.
 */
public final class ClientDirectory {
  private final Map<String, Owner> owners;

  private ClientDirectory(Map<String, Owner> owners) {
    this.owners = owners;
  }

  /**
   * An empty one.
   *
   * @param map empty, and used by nobody else; a concurrent one where the shards have threads of
   *     their own
   */
  @SuppressWarnings("unchecked") // its values are this class's own
  public static ClientDirectory of(Map<String, ?> map) {
    return new ClientDirectory((Map<String, Owner>) map);
  }

  /**
   * Names the new owner, unless there is one of another user, who keeps it.
   *
   * @return the one before, or null where there was none
   */
  @Nullable Owner claim(String clientId, Owner owner) {
    Owner before = owners.putIfAbsent(clientId, owner);
    while (before != null && before.isSameUser(owner) && !owners.replace(clientId, before, owner)) {
      before = owners.putIfAbsent(clientId, owner); // it has changed meanwhile
    }
    return before;
  }

  /** Who has it now, or null. */
  @Nullable Owner owner(String clientId) {
    return owners.get(clientId);
  }

  /** The session is over, unless another connection has claimed it meanwhile. */
  void release(String clientId, Owner owner) {
    owners.remove(clientId, owner);
  }

  boolean contains(String clientId) {
    return owners.containsKey(clientId);
  }

  /** Sessions of all shards, and those that are about to begin. */
  public int size() {
    return owners.size();
  }
}
