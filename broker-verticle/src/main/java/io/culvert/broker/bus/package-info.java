/** The broker on the event bus: publish, subscribe, administration, bridges. */
@NullMarked
package io.culvert.broker.bus;

import org.jspecify.annotations.NullMarked;
