; Waltz for CLIPS: the same rules as waltz.drl.

(deftemplate stage (slot value))

(deftemplate line (slot p1) (slot p2))

(deftemplate edge (slot p1) (slot p2) (slot joined) (slot label) (slot plotted))

(deftemplate junction (slot type) (slot base) (slot p1) (slot p2) (slot p3))

(defrule begin
  ?stage <- (stage (value start))
  =>
  (modify ?stage (value duplicate)))

(defrule reverse-edges
  (stage (value duplicate))
  ?line <- (line (p1 ?p1) (p2 ?p2))
  =>
  (assert (edge (p1 ?p1) (p2 ?p2) (joined false) (label nil) (plotted false)))
  (assert (edge (p1 ?p2) (p2 ?p1) (joined false) (label nil) (plotted false)))
  (retract ?line))

(defrule reversing-done
  (declare (salience -10))
  ?stage <- (stage (value duplicate))
  =>
  (modify ?stage (value detect)))

(defrule make-junction-of-three
  (declare (salience 10))
  (stage (value detect))
  ?a <- (edge (joined false) (p1 ?base) (p2 ?p1))
  ?b <- (edge (joined false) (p1 ?base) (p2 ?p2&~?p1))
  ?c <- (edge (joined false) (p1 ?base) (p2 ?p3&~?p1&~?p2))
  =>
  (bind ?by (mod ?base 10000))
  (bind ?bx (div ?base 10000))
  (bind ?y1 (- (mod ?p1 10000) ?by))
  (bind ?x1 (- (div ?p1 10000) ?bx))
  (bind ?y2 (- (mod ?p2 10000) ?by))
  (bind ?x2 (- (div ?p2 10000) ?bx))
  (bind ?y3 (- (mod ?p3 10000) ?by))
  (bind ?x3 (- (div ?p3 10000) ?bx))
  (bind ?c12 (- (* ?x1 ?y2) (* ?y1 ?x2)))
  (bind ?c23 (- (* ?x2 ?y3) (* ?y2 ?x3)))
  (bind ?c31 (- (* ?x3 ?y1) (* ?y3 ?x1)))
  (if (= ?c12 0) then (assert (junction (type tee) (base ?base) (p1 ?p1) (p2 ?p3) (p3 ?p2)))
   else (if (= ?c23 0) then (assert (junction (type tee) (base ?base) (p1 ?p2) (p2 ?p1) (p3 ?p3)))
   else (if (= ?c31 0) then (assert (junction (type tee) (base ?base) (p1 ?p1) (p2 ?p2) (p3 ?p3)))
   else (if (and (eq (> ?c12 0) (> ?c23 0)) (eq (> ?c23 0) (> ?c31 0)))
         then (assert (junction (type fork) (base ?base) (p1 ?p1) (p2 ?p2) (p3 ?p3)))
   else (if (eq (> ?c23 0) (> ?c31 0)) then (assert (junction (type arrow) (base ?base) (p1 ?p1) (p2 ?p3) (p3 ?p2)))
   else (if (eq (> ?c12 0) (> ?c31 0)) then (assert (junction (type arrow) (base ?base) (p1 ?p2) (p2 ?p1) (p3 ?p3)))
   else (assert (junction (type arrow) (base ?base) (p1 ?p1) (p2 ?p2) (p3 ?p3)))))))))
  (modify ?a (joined true))
  (modify ?b (joined true))
  (modify ?c (joined true)))

(defrule make-L
  (stage (value detect))
  ?a <- (edge (joined false) (p1 ?base) (p2 ?p1))
  ?b <- (edge (joined false) (p1 ?base) (p2 ?p2&~?p1))
  (not (edge (p1 ?base) (p2 ~?p1&~?p2)))
  =>
  (assert (junction (type L) (base ?base) (p1 ?p1) (p2 ?p2) (p3 0)))
  (modify ?a (joined true))
  (modify ?b (joined true)))

(defrule detecting-done
  (declare (salience -10))
  ?stage <- (stage (value detect))
  =>
  (modify ?stage (value first-boundary)))

(defrule first-boundary-L
  ?stage <- (stage (value first-boundary))
  (junction (type L) (base ?base) (p1 ?p1) (p2 ?p2))
  ?a <- (edge (p1 ?base) (p2 ?p1))
  ?b <- (edge (p1 ?base) (p2 ?p2))
  (not (junction (base ?other&:(> ?other ?base))))
  =>
  (modify ?a (label B))
  (modify ?b (label B))
  (modify ?stage (value second-boundary)))

(defrule first-boundary-arrow
  ?stage <- (stage (value first-boundary))
  (junction (type arrow) (base ?base) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?a <- (edge (p1 ?base) (p2 ?p1))
  ?b <- (edge (p1 ?base) (p2 ?p2))
  ?c <- (edge (p1 ?base) (p2 ?p3))
  (not (junction (base ?other&:(> ?other ?base))))
  =>
  (modify ?a (label B))
  (modify ?b (label +))
  (modify ?c (label B))
  (modify ?stage (value second-boundary)))

(defrule second-boundary-L
  ?stage <- (stage (value second-boundary))
  (junction (type L) (base ?base) (p1 ?p1) (p2 ?p2))
  ?a <- (edge (p1 ?base) (p2 ?p1))
  ?b <- (edge (p1 ?base) (p2 ?p2))
  (not (junction (base ?other&:(< ?other ?base))))
  =>
  (modify ?a (label B))
  (modify ?b (label B))
  (modify ?stage (value label)))

(defrule second-boundary-arrow
  ?stage <- (stage (value second-boundary))
  (junction (type arrow) (base ?base) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?a <- (edge (p1 ?base) (p2 ?p1))
  ?b <- (edge (p1 ?base) (p2 ?p2))
  ?c <- (edge (p1 ?base) (p2 ?p3))
  (not (junction (base ?other&:(< ?other ?base))))
  =>
  (modify ?a (label B))
  (modify ?b (label +))
  (modify ?c (label B))
  (modify ?stage (value label)))

(defrule match-edge
  (stage (value label))
  ?a <- (edge (p1 ?p1) (p2 ?p2) (label ?label&~nil))
  ?b <- (edge (p1 ?p2) (p2 ?p1) (label nil))
  =>
  (modify ?b (label ?label)))

(defrule label-L
  (stage (value label))
  (junction (type L) (base ?base))
  (edge (p1 ?base) (p2 ?p2) (label +|-))
  ?edge <- (edge (p1 ?base) (p2 ~?p2) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-tee-first-bar
  (stage (value label))
  (junction (type tee) (base ?base) (p1 ?p1))
  ?edge <- (edge (p1 ?base) (p2 ?p1) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-tee-second-bar
  (stage (value label))
  (junction (type tee) (base ?base) (p3 ?p3))
  ?edge <- (edge (p1 ?base) (p2 ?p3) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-fork-convex
  (stage (value label))
  (junction (type fork) (base ?base))
  (edge (p1 ?base) (p2 ?p1) (label +))
  ?edge <- (edge (p1 ?base) (p2 ~?p1) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-fork-boundary-and-concave
  (stage (value label))
  (junction (type fork) (base ?base))
  (edge (p1 ?base) (p2 ?p1) (label B))
  (edge (p1 ?base) (p2 ?p2&~?p1) (label -))
  ?edge <- (edge (p1 ?base) (p2 ~?p1&~?p2) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-fork-two-boundaries
  (stage (value label))
  (junction (type fork) (base ?base))
  (edge (p1 ?base) (p2 ?p1) (label B))
  (edge (p1 ?base) (p2 ?p2&~?p1) (label B))
  ?edge <- (edge (p1 ?base) (p2 ~?p1&~?p2) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-fork-two-concave
  (stage (value label))
  (junction (type fork) (base ?base))
  (edge (p1 ?base) (p2 ?p1) (label -))
  (edge (p1 ?base) (p2 ?p2&~?p1) (label -))
  ?edge <- (edge (p1 ?base) (p2 ~?p1&~?p2) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-arrow-boundary-first-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p1 ?known) (p3 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label B))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-arrow-convex-first-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p1 ?known) (p3 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label +))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-arrow-concave-first-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p1 ?known) (p3 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label -))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-arrow-boundary-or-concave-first-shaft
  (stage (value label))
  (junction (type arrow) (base ?base) (p1 ?known) (p2 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label B|-))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-arrow-convex-first-shaft
  (stage (value label))
  (junction (type arrow) (base ?base) (p1 ?known) (p2 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label +))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-arrow-concave-shaft-first
  (stage (value label))
  (junction (type arrow) (base ?base) (p2 ?known) (p1 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label -))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-arrow-boundary-second-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p3 ?known) (p1 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label B))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label B)))

(defrule label-arrow-convex-second-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p3 ?known) (p1 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label +))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-arrow-concave-second-other-side
  (stage (value label))
  (junction (type arrow) (base ?base) (p3 ?known) (p1 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label -))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-arrow-boundary-or-concave-second-shaft
  (stage (value label))
  (junction (type arrow) (base ?base) (p3 ?known) (p2 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label B|-))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-arrow-convex-second-shaft
  (stage (value label))
  (junction (type arrow) (base ?base) (p3 ?known) (p2 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label +))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label -)))

(defrule label-arrow-concave-shaft-second
  (stage (value label))
  (junction (type arrow) (base ?base) (p2 ?known) (p3 ?unknown))
  (edge (p1 ?base) (p2 ?known) (label -))
  ?edge <- (edge (p1 ?base) (p2 ?unknown) (label nil))
  =>
  (modify ?edge (label +)))

(defrule label-remaining
  (declare (salience -10))
  ?stage <- (stage (value label))
  =>
  (modify ?stage (value plot)))

(defrule plot
  (stage (value plot))
  ?edge <- (edge (plotted false) (label nil))
  =>
  (modify ?edge (plotted true)))

(defrule plotting-done
  (declare (salience -10))
  ?stage <- (stage (value plot))
  =>
  (modify ?stage (value done)))
