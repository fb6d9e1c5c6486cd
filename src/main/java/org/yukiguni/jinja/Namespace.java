package org.yukiguni.jinja;

import java.util.Map;

/** What {@code namespace()} makes: attributes that inner scopes may set. */
record Namespace(Map<String, Object> attributes) {}
