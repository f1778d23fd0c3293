/** Other people's MQTT clients behind one interface, so that each scenario is written once. */
@NullMarked
package io.culvert.conformance.peer;

import org.jspecify.annotations.NullMarked;
