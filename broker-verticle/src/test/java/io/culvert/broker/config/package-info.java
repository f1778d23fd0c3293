@NullMarked
package io.culvert.broker.config;

import org.jspecify.annotations.NullMarked;
