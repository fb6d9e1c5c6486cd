package org.yukiguni.jinja;

import java.util.List;

/** What a value is assigned to. */
interface Target {
  void assign(Object value, Scope scope);

  /** A name in the scope. */
  record Name(String name) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      scope.set(name, value);
    }
  }

  /** An attribute of a namespace. */
  record Attribute(String namespace, String name) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      if (!(scope.get(namespace) instanceof Namespace found)) {
        throw new TemplateException(
            namespace + "." + name + " cannot be set because " + namespace + " is no namespace");
      }
      found.attributes().put(name, value);
    }
  }

  /** Several targets for the elements of one value. */
  record Several(List<Target> targets) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      List<Object> elements = Values.elements(value, scope.budget());
      if (elements.size() != targets.size()) {
        throw new TemplateException(
            elements.size() + " values cannot be set to " + targets.size() + " names");
      }
      for (int i = 0; i < elements.size(); i++) {
        targets.get(i).assign(elements.get(i), scope);
      }
    }
  }
}
