package io.culvert.runtime.driver;

import io.culvert.engine.Engine;

/**
 * A shard with the application that serves a listener's connections there.
 *
 * @param <E> the engines' events
 * @param <N> the engines
 */
public record ServingShard<E, N extends Engine<E>>(Shard shard, Application<E, N> application) {}
