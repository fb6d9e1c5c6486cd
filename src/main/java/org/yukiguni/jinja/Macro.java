package org.yukiguni.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A macro with the scope it was defined in. */
record Macro(String name, Signature signature, List<Statement> body, Scope home)
    implements Function {
  /**
   * What a macro takes.
   *
   * @param defaults of the parameters that have one
   */
  record Signature(List<String> parameters, Map<String, Expression> defaults) {}

  @Override
  public Object call(Arguments arguments, Budget budget) {
    budget.enterCall();
    Scope scope = home.innerWithOwnText();
    Map<String, Object> named = new HashMap<>(arguments.named());
    Object caller = named.remove("caller");
    if (caller != null) {
      scope.set("caller", caller);
    }
    Arguments.Bound bound =
        new Arguments(name + "()", arguments.positional(), named)
            .bind(signature.parameters().toArray(new String[0]));
    for (String parameter : signature.parameters()) {
      Expression otherwise = signature.defaults().get(parameter);
      scope.set(
          parameter,
          bound.has(parameter)
              ? bound.get(parameter)
              : otherwise == null
                  ? new Undefined("parameter '" + parameter + "'")
                  : otherwise.value(scope));
    }
    Statement.Flow unused = Statement.runAll(body, scope);
    budget.leaveCall();
    return scope.written();
  }
}
