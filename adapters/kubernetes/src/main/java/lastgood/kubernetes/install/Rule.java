package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Rights;

/// One line of a Role: a right, and what we do with it.
///
/// @param group empty = the core group
/// @param resource with its subresource, as in `pods/log`
/// @param names of the objects that it is about; empty = all of that kind
/// @param why what does not work without it
public record Rule(String group, String resource, List<String> verbs, List<String> names, String why) {

    public Rule(String group, String resource, List<String> verbs, String why) {
        this(group, resource, verbs, List.of(), why);
    }

    public Rule {
        verbs = List.copyOf(verbs);
        names = List.copyOf(names);
        if (verbs.contains("*") || resource.contains("*") || group.contains("*")) {
            throw new IllegalArgumentException("a right that is not spelled out is a right that nobody has read");
        }
    }

    static Rule of(String group, String resource, String why, String... verbs) {
        return new Rule(group, resource, List.of(verbs), why);
    }

    /// Both lists, and each kind once: what one of them allows beyond the other is added to its line.
    static List<Rule> together(List<Rule> one, List<Rule> other) {
        var all = new ArrayList<>(one);
        for (var rule : other) {
            var at = 0;
            while (at < all.size() && !all.get(at).isAbout(rule)) {
                at++;
            }
            if (at == all.size()) {
                all.add(rule);
            } else {
                all.set(at, all.get(at).and(rule));
            }
        }
        return all;
    }

    private boolean isAbout(Rule other) {
        return group.equals(other.group) && resource.equals(other.resource) && names.isEmpty() == other.names.isEmpty();
    }

    private Rule and(Rule other) {
        var both = new LinkedHashSet<>(verbs);
        both.addAll(other.verbs);
        var objects = new TreeSet<>(names);
        objects.addAll(other.names);
        return new Rule(group, resource, List.copyOf(both), List.copyOf(objects), why);
    }

    ObjectNode object() {
        var rule = Api.JSON.createObjectNode();
        rule.putArray("apiGroups").add(group);
        rule.putArray("resources").add(resource);
        if (!names.isEmpty()) {
            names.forEach(rule.putArray("resourceNames")::add);
        }
        verbs.forEach(rule.putArray("verbs")::add);
        return rule;
    }

    /// As it can be pasted into a Role.
    public String line() {
        return line(verbs);
    }

    public String line(List<String> only) {
        return Rights.rule(group, resource, names, only);
    }
}
