"""A WebKitGTK window that takes orders: a line of JSON each on standard input, answered on standard output.

It is no browser for people: one page, no history, nothing kept. The console goes to standard error, where WebKit's
own page process prints it; WebKit does so only for sessions that are not ephemeral.
"""

import json
import os
import sys
import threading

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402  (the versions come first)


def tell(**what):
    print(json.dumps(what), flush=True)


class Page:
    def __init__(self, folder):
        manager = WebKit2.WebsiteDataManager(base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache")
        manager.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)
        manager.set_network_proxy_settings(WebKit2.NetworkProxyMode.NO_PROXY, None)
        context = WebKit2.WebContext.new_with_website_data_manager(manager)
        context.set_preferred_languages(["en-US"])
        self.view = WebKit2.WebView.new_with_context(context)
        settings = self.view.get_settings()
        settings.set_enable_write_console_messages_to_stdout(True)
        # A window whose developer tools are served.
        settings.set_enable_developer_extras("WEBKIT_INSPECTOR_HTTP_SERVER" in os.environ)
        settings.set_hardware_acceleration_policy(WebKit2.HardwareAccelerationPolicy.NEVER)
        self.opening = None
        self.view.connect("load-changed", self.load_changed)
        self.view.connect("load-failed", self.load_failed)
        self.view.connect("web-process-terminated", self.terminated)
        self.window = Gtk.Window()
        self.window.set_default_size(800, 600)
        self.window.add(self.view)
        self.window.show_all()

    def carry_out(self, order):
        if "open" in order:
            self.opening = order["id"]
            self.view.load_uri(order["open"])
        else:
            body = order["evaluate"]
            self.view.call_async_javascript_function(body, -1, None, None, None, None, self.evaluated, order["id"])
        return GLib.SOURCE_REMOVE

    def opened(self, **how):
        if self.opening is not None:
            tell(id=self.opening, **how)
            self.opening = None

    def load_changed(self, view, event):
        if event == WebKit2.LoadEvent.FINISHED:
            self.opened(value=view.get_uri())

    def load_failed(self, view, event, url, error):
        self.opened(refused=error.message)
        return True

    def evaluated(self, view, result, number):
        try:
            tell(id=number, value=view.call_async_javascript_function_finish(result).to_string())
        except GLib.Error as error:
            # If the page's process is gone, that is told first.
            GLib.timeout_add(200, self.refuse, number, error.message)

    def refuse(self, number, why):
        tell(id=number, refused=why)
        return GLib.SOURCE_REMOVE

    def terminated(self, view, reason):
        tell(crashed=reason.value_nick)


def read_orders(page):
    for line in sys.stdin:
        GLib.idle_add(page.carry_out, json.loads(line))
    # Whoever gave orders is gone.
    os._exit(0)


page = Page(sys.argv[1])
tell(version=f"{WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}")
threading.Thread(target=read_orders, args=(page,), daemon=True).start()
Gtk.main()
