package io.culvert.mqtt.topic;

import org.jspecify.annotations.Nullable;

/**
 * One member of a shared subscription. It stands in one of its group's lines, that of its {@link
 * Readiness} as far as its owner has told; a new one is taken for ready. Single-threaded, as its
 * group.
 */
public final class SharedMember<S> {
  private final SharedGroup<S> group;
  private S subscription;

  // Its place among the members, and in its line; the group sees to them.
  int index;
  Readiness readiness = Readiness.READY;
  @Nullable SharedMember<S> previous;
  @Nullable SharedMember<S> next;
  boolean left;

  private boolean watched;

  SharedMember(SharedGroup<S> group, S subscription) {
    this.group = group;
    this.subscription = subscription;
  }

  public SharedGroup<S> group() {
    return group;
  }

  public S subscription() {
    return subscription;
  }

  /** A new subscription of the same owner takes the place of this one, which it returns. */
  S replace(S newer) {
    S replaced = subscription;
    subscription = newer;
    return replaced;
  }

  /** In which line it stands. */
  public Readiness readiness() {
    return readiness;
  }

  /** It is not a member any more. */
  public boolean hasLeft() {
    return left;
  }

  /** From now on its owner tells when it can do more; false when he did already. */
  public boolean watch() {
    boolean isNew = !watched;
    watched = true;
    return isNew;
  }

  /** Its owner does not tell any more. */
  public void unwatch() {
    watched = false;
  }

  /** The one behind it in its line, which may be itself: a line is a circle. */
  public SharedMember<S> next() {
    SharedMember<S> behind = next;
    if (behind == null) {
      throw new IllegalStateException("has left");
    }
    return behind;
  }

  /** Goes to the end of a line, also of that in which it stands. */
  public void moveTo(Readiness line) {
    if (!left) {
      group.unlink(this);
      readiness = line;
      group.link(this);
    }
  }
}
