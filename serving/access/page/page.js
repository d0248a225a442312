// A link's token stands behind the #. Take it out of the address first, so that it stays in no
// history and on no screen; then hand it in like one that was typed.
const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.getElementById("sign-in");
  form.elements.token.value = token;
  form.requestSubmit();
}
