"""A module that uses every part of the format, in assembly text."""

SAMPLE = r"""
module "sample" version "1.0.0"
permission "transfer"
parameters {"type": "object", "properties": {"threshold": {"type": "number", "default": 740}}}
variable "last": optional(number)
type "Message" open { "status": any "score": number "price": any }
type "Order" declared keys [0] {
  "total": number = 1.5 "state": enum("NEW", "PAID") = "NEW" "lines": list(int) = [1, 2] }
type "Rush" declared extends 1 { "due": optional(date) }
const "GET_PRICE" const 740 const "threshold" const 0.8 const date"2026-03-01" const "boom" const "push"
import "abs" import "print" import "transfer"
function "score" params 1 locals 1 { load 0 get_slot 0 1 get_parameter 2 gt_or_false return }
function "price" params 1 locals 1 {
  load 0 load 0 get_slot 0 1 const 3 mul set_slot 0 2
  load 0 update_slots [2]
  null return }
function "loop" params 1 locals 3 {
  int 0 store 1
  L: load 1 load 0 lt jump_if_false E load 1 int 1 add store 1 jump L
  E: load 1 dup set_variable 0 return }
function "lists" params 0 locals 2 {
  new_list 0 store 0 load 0 int 1 method 6 1 pop load 0 int 0 get_index new_record 1 get_slot 1 0 add return }
function "calls" params 1 locals 1 { load 0 call 2 1 native 0 1 native 1 1 return }
function "both" params 2 locals 2 { load 0 get_slot 0 1 load 1 get_slot 0 1 le_or_false return }
function "fail" params 0 locals 0 { const 5 revert }
function "items" params 1 locals 1 { facts 0 return }
function "init" params 2 locals 2 { int 0 new_list 1 return }
function "step" params 4 locals 4 { load 3 int 0 load 3 int 0 get_index int 1 add set_index null return }
function "result" params 3 locals 3 { load 2 int 0 get_index return }
function "late" params 3 locals 3 {
  load 0 insert_logical const 5 focus get_global 0 pop int 1 set_global 0 load 0 is_type 1 return }
endpoint "quote" ("score": number = 1, "name": optional(text)) returns optional(number) function 5
rules "rules/pricing.drl" strategy drools {
  alpha type 0
  alpha compare 0 0 eq 0
  alpha code 1 0
  global "seen": list(any) = []
  alpha type 1
  beta join left none right 2 keys [] tests [] watch [0, 1]
  beta not left 0 right 0 keys [(0, 0, 0)] tests [5] watch all
  beta test left 1 tests [0]
  beta from left 2 items 7 tests []
  beta join left 3 right 3 keys [(1, none, 0)] tests [] watch []
  beta not_group left 3 right 4
  beta accumulate left 3 right 4 init 8 step 9 result 10
  rule "Pricing" salience -10 salience_function 0 no_loop lock_on_active
    agenda_group "MAIN" activation_group "" beta 1 function 1
  rule "Late" salience 0 auto_focus agenda_group "late" activation_group "one" beta 6 function 11
}
"""
