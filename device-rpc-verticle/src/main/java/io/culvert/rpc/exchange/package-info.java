/**
 * What two peers owe each other: the state machines of one who asks and of one who answers. Time is
 * an argument, chance too; messages come in and go out as values.
 */
@NullMarked
package io.culvert.rpc.exchange;

import org.jspecify.annotations.NullMarked;
